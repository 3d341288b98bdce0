// Where a run found its images, so that a report can show some of them again.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageDataset } from "@sd/data";
import type { ImageProvider, ReportImages } from "@sd/report";
import { dataSchema } from "../config/data-schema.ts";
import type { DataSettings } from "../config/settings.ts";
import { type DataPlace, openImages, prepareData } from "./data.ts";

/** What image-source.json says: paths of this machine, which are no part of the run's configuration. */
interface ImageSource {
  readonly data: DataSettings;
  readonly place: DataPlace;
}

const sourceFile = (folder: string): string => join(folder, "image-source.json");

/** Leaves word in a run's folder. */
export const writeImageSource = (folder: string, source: ImageSource): Promise<void> =>
  writeFile(sourceFile(folder), `${JSON.stringify(source, null, 2)}\n`);

async function readImageSource(folder: string): Promise<ImageSource | undefined> {
  try {
    const { data, place } = JSON.parse(await readFile(sourceFile(folder), "utf8"));
    const { base, folder: all } = place;
    if (typeof base !== "string" || typeof all !== "string") return undefined;
    return { data: dataSchema.parse(data), place: { base, folder: all } };
  } catch {
    // A run from elsewhere, or a damaged file: the report names rows instead.
    return undefined;
  }
}

/** The test images of a source; undefined where they are not there any more. */
async function testImages({ data, place }: ImageSource): Promise<ImageDataset | undefined> {
  try {
    // Wrong labels are of no interest here, and would need the run's seed.
    const settings = { ...data, noise: undefined };
    return (await prepareData(await openImages(data, place), settings, { seed: 0, place })).test;
  } catch {
    return undefined;
  }
}

/** Some rows of a data set, as a report shows them. */
export function picturesOf(images: ImageDataset, rows: readonly number[]): ReportImages {
  const [, h, w, c] = images.shape;
  const size = h * w * c;
  const pixels = new Uint8Array(rows.length * size);
  rows.forEach((row, i) => {
    pixels.set(images.images.subarray(row * size, (row + 1) * size), i * size);
  });
  return {
    pixels,
    shape: [rows.length, h, w, c],
    index: rows,
    ...(images.classNames ? { classNames: images.classNames } : {}),
  };
}

/** Finds the test images of runs; runs of the same source share them. */
export function imagesOfRuns(): ImageProvider {
  const known = new Map<string, Promise<ImageDataset | undefined>>();
  return async ({ folder, manifest }, rows) => {
    const source = await readImageSource(folder);
    if (source === undefined) return undefined;
    const { noise: _, ...data } = source.data;
    const key = JSON.stringify([data, source.place]);
    if (!known.has(key)) known.set(key, testImages(source));
    const images = await known.get(key);
    const { test } = (manifest.checksums ?? {}) as { readonly test?: unknown };
    // Other images than the run was judged by would be worse than none.
    if (images === undefined || images.checksum !== test) return undefined;
    return picturesOf(images, rows);
  };
}
