import { createRequire } from "node:module";
import { cpus } from "node:os";
import { channelStatistics } from "@sd/data";
import * as tf from "@tensorflow/tfjs";
import type { TrainOptions } from "./config.ts";
import { trainedShape } from "./image-shape.ts";

const require = createRequire(import.meta.url);

/** What a run found around it, as manifest.json holds it: versions, engine, device, checksums. */
export function createManifest({ engine, data, seed, augment }: TrainOptions): object {
  const { version } = require("../package.json") as { version: string };
  return {
    createdBy: `@sd/trainer-gpu ${version}`,
    engine: engine.name,
    device: engine.device,
    threads: engine.threads,
    versions: { tfjs: tf.version_core, node: process.versions.node },
    platform: `${process.platform}-${process.arch}`,
    processor: `${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores`,
    seed,
    // What whoever predicts with the network must know of the images that it was trained on.
    input: {
      shape: trainedShape({ data, augment }).input,
      classes: data.train.classes,
      ...(data.train.classNames ? { classNames: data.train.classNames } : {}),
      ...channelStatistics(data.train),
    },
    checksums: {
      train: data.train.checksum,
      validation: data.validation.checksum,
      test: data.test.checksum,
    },
  };
}
