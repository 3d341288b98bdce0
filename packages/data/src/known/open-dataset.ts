import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readCifar } from "../cifar.ts";
import { type ImageDataset, readIdxDataset } from "../dataset.ts";
import { DataError } from "../error.ts";
import type { DecodeOptions } from "../images/decoder.ts";
import { readTinyImageNet } from "../images/read-tiny-imagenet.ts";
import { findFile } from "./check-dataset.ts";
import type { KnownDataset } from "./known-dataset.ts";
import { type DatasetName, knownDataset } from "./known-datasets.ts";

/** Options of {@link openDataset}. */
export interface OpenDatasetOptions extends DecodeOptions {
  /** Which of CIFAR-100's two labels. @defaultValue "fine" */
  readonly labels?: "fine" | "coarse";
  /** How many images are decoded at once, where they are decoded. */
  readonly concurrency?: number;
}

/** A data set as it was read. */
export interface OpenedDataset {
  readonly train: ImageDataset;
  /** The test part; of Tiny-ImageNet the validation part, whose labels are known. */
  readonly test: ImageDataset;
  /** What was read, for people: a part of the files is said to be one. */
  readonly description: string;
}

interface Opening {
  readonly known: KnownDataset;
  readonly folder: string;
  readonly options: OpenDatasetOptions;
}

async function need({ known, folder }: Opening, name: string): Promise<string> {
  const found = await findFile(known, folder, name);
  if (found !== undefined) return found;
  throw new DataError(
    join(folder, name),
    undefined,
    `expected this file of ${known.title}, or ${name}.gz`,
  );
}

const describe = (title: string, train: ImageDataset, test: ImageDataset, note = ""): string =>
  `${title}${note}: ${train.shape[0]} training and ${test.shape[0]} test images`;

async function openCifar10(opening: Opening): Promise<OpenedDataset> {
  const { known, folder } = opening;
  const batches = known.files.map(({ name }) => name).filter((name) => name.startsWith("data_"));
  const found = await Promise.all(batches.map((name) => findFile(known, folder, name)));
  const present = batches.filter((_, i) => found[i] !== undefined);
  if (present.length === 0) await need(opening, batches[0]!);
  const read = (name: string, files: string[]): Promise<ImageDataset> =>
    readCifar({ name, files, labels: "cifar10", classNames: known.classNames! });
  const train = await read(
    known.title,
    found.filter((path) => path !== undefined),
  );
  const test = await read(`${known.title} test`, [await need(opening, "test_batch.bin")]);
  const some = present.map((name) => name.replace(".bin", "")).join(", ");
  const note = present.length < batches.length ? ` (of its ${batches.length} batches ${some})` : "";
  return { train, test, description: describe(known.title, train, test, note) };
}

/** How many images the official files have. */
const CIFAR100_IMAGES = [50_000, 10_000];

async function openCifar100(opening: Opening): Promise<OpenedDataset> {
  const { known, folder, options } = opening;
  const { labels = "fine" } = options;
  const names = await findFile(known, folder, `${labels}_label_names.txt`);
  const classNames = names && (await readFile(names, "utf8")).trim().split(/\r?\n/);
  const read = async (name: string, file: string): Promise<ImageDataset> =>
    readCifar({
      name,
      files: [await need(opening, file)],
      labels: `cifar100-${labels}`,
      ...(classNames ? { classNames } : {}),
    });
  const train = await read(known.title, "train.bin");
  const test = await read(`${known.title} test`, "test.bin");
  const whole = [train, test].every(({ shape }, i) => shape[0] === CIFAR100_IMAGES[i]);
  const note = `, ${labels} labels${whole ? "" : " (a subset)"}`;
  return { train, test, description: describe(known.title, train, test, note) };
}

async function openMnist(opening: Opening): Promise<OpenedDataset> {
  const { known } = opening;
  const read = async (name: string, part: string): Promise<ImageDataset> =>
    readIdxDataset({
      name,
      images: await need(opening, `${part}-images-idx3-ubyte`),
      labels: await need(opening, `${part}-labels-idx1-ubyte`),
      classes: 10,
      classNames: known.classNames!,
    });
  const train = await read(known.title, "train");
  const test = await read(`${known.title} test`, "t10k");
  return { train, test, description: describe(known.title, train, test) };
}

/** The folder itself or the one in it that holds `wnids.txt`, else an archive. */
async function findTiny({ known, folder }: Opening): Promise<string> {
  for (const path of [folder, join(folder, "tiny-imagenet-200")]) {
    if (await stat(join(path, "wnids.txt")).catch(() => undefined)) return path;
  }
  const archives = (await readdir(folder)).filter((name) =>
    /^tiny-imagenet-.*\.(zip|tar|tgz|tar\.gz)$/.test(name),
  );
  if (archives.length === 1) return join(folder, archives[0]!);
  const problem = `expected wnids.txt or one archive tiny-imagenet-*, got ${archives.length}`;
  throw new DataError(folder, undefined, `${problem} of ${known.title}`);
}

const TINY_IMAGENET_CLASSES = 200;

async function openTinyImageNet(opening: Opening): Promise<OpenedDataset> {
  const { known, options } = opening;
  const { train, validation } = await readTinyImageNet(await findTiny(opening), options);
  const { classes } = train;
  const note = classes < TINY_IMAGENET_CLASSES ? ` (${classes} of its 200 classes)` : "";
  const description = describe(known.title, train, validation, note).replace(
    " test ",
    " validation ",
  );
  return { train, test: validation, description };
}

const OPENERS: Readonly<Record<DatasetName, (opening: Opening) => Promise<OpenedDataset>>> = {
  "cifar-10": openCifar10,
  "cifar-100": openCifar100,
  mnist: openMnist,
  "fashion-mnist": openMnist,
  "tiny-imagenet-200": openTinyImageNet,
};

/**
 * Reads a data set that is known by name from its official files, compressed or not, where {@link getDataset} puts them or in
 * the folder itself. Nothing is downloaded, and checksums are not compared ({@link checkDataset}).
 *
 * Of CIFAR-10 the training batches that are there are taken, of the others whatever the files hold; `description` says so.
 *
 * @param name - One of {@link datasetNames}.
 * @param options - `labels` for CIFAR-100; `size` for Tiny-ImageNet, whose images are 64 × 64 otherwise.
 * @throws {@link DataError} with the file that is missing or broken; {@link DomainError} on another name.
 */
export async function openDataset(
  name: DatasetName,
  folder: string,
  options: OpenDatasetOptions = {},
): Promise<OpenedDataset> {
  const known = knownDataset("openDataset", name);
  return OPENERS[name]({ known, folder, options });
}
