import { resolve, sep } from "node:path";

/** What to call each of some folders: its path below the deepest folder that holds them all. */
export function runNames(folders: readonly string[]): (folder: string) => string {
  const paths = folders.map((folder) => resolve(folder).split(sep));
  const [first = []] = paths;
  const parents = first.slice(0, -1);
  const apart = parents.findIndex((part, i) => paths.some((path) => path[i] !== part));
  const shared = apart < 0 ? parents.length : apart;
  const names = new Map(folders.map((folder, i) => [folder, paths[i]!.slice(shared).join(sep)]));
  return (folder) => names.get(folder) ?? folder;
}
