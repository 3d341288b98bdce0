// The members of the workspace, as their manifests describe them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

export interface Member {
  /** The folder, relative to the root: `packages/math`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Reads the manifests below `base`, in the order of their folders. */
export function workspaceMembers(base: string = root): Member[] {
  const nested = ["packages", "examples"].flatMap((parent) =>
    existsSync(join(base, parent))
      ? readdirSync(join(base, parent))
          .sort()
          .map((name) => `${parent}/${name}`)
      : [],
  );
  return [...nested, "bench", "tools"]
    .filter((folder) => existsSync(join(base, folder, "package.json")))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(base, folder, "package.json"), "utf8")) as Manifest,
    }));
}
