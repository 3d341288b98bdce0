import { DomainError } from "@sd/math";
import { CIFAR10, CIFAR100 } from "./cifar.ts";
import type { KnownDataset } from "./known-dataset.ts";
import { FASHION_MNIST, MNIST } from "./mnist.ts";
import { TINY_IMAGENET } from "./tiny-imagenet.ts";

/** The name of a data set that can be downloaded and opened. */
export type DatasetName =
  | "cifar-10"
  | "cifar-100"
  | "mnist"
  | "fashion-mnist"
  | "tiny-imagenet-200";

const TABLE: Readonly<Record<DatasetName, KnownDataset>> = {
  "cifar-10": CIFAR10,
  "cifar-100": CIFAR100,
  mnist: MNIST,
  "fashion-mnist": FASHION_MNIST,
  "tiny-imagenet-200": TINY_IMAGENET,
};

/** The names that {@link getDataset}, {@link checkDataset} and {@link openDataset} know. */
export const datasetNames: readonly DatasetName[] = Object.keys(TABLE) as DatasetName[];

/** What is known of a data set; fails on another name. */
export function knownDataset(functionName: string, name: DatasetName): KnownDataset {
  if (!Object.hasOwn(TABLE, name)) {
    const known = datasetNames.join(", ");
    throw new DomainError(functionName, "name", `to be one of ${known}, got ${name}`);
  }
  return TABLE[name];
}
