import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isOfficial } from "./is-official.ts";
import type { KnownDataset } from "./known-dataset.ts";
import { type DatasetName, knownDataset } from "./known-datasets.ts";

/** What a data set's folder holds, against what it should. */
export interface DatasetCheck {
  /** Whether every file is there and official. */
  readonly complete: boolean;
  readonly files: readonly {
    readonly name: string;
    /** `other`: there, with another content. */
    readonly state: "official" | "other" | "missing";
    /** Where it is. */
    readonly path?: string;
  }[];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** Where a file of a data set lies: in the folder or in that of its archive, compressed or not. */
export async function findFile(
  { folder: inArchive = "" }: Pick<KnownDataset, "folder">,
  folder: string,
  name: string,
): Promise<string | undefined> {
  for (const path of [join(folder, name), join(folder, inArchive, name)]) {
    if (await exists(path)) return path;
    if (await exists(`${path}.gz`)) return `${path}.gz`;
  }
  return undefined;
}

/** As {@link checkDataset}, of anything that is known. */
export async function checkKnown(known: KnownDataset, folder: string): Promise<DatasetCheck> {
  const files: DatasetCheck["files"][number][] = [];
  for (const file of known.files) {
    const path = await findFile(known, folder, file.name);
    if (path === undefined) {
      files.push({ name: file.name, state: "missing" });
      continue;
    }
    const official = await isOfficial(path, file, { uncompress: true });
    files.push({ name: file.name, state: official ? "official" : "other", path });
  }
  return { complete: files.every(({ state }) => state === "official"), files };
}

/**
 * Compares a data set's files with the official ones, by size and checksum; compressed files by their content.
 *
 * @param name - One of {@link datasetNames}.
 * @param folder - Where the files are, or the folder of their archive.
 * @throws {@link DomainError} on another name.
 */
export async function checkDataset(name: DatasetName, folder: string): Promise<DatasetCheck> {
  return checkKnown(knownDataset("checkDataset", name), folder);
}
