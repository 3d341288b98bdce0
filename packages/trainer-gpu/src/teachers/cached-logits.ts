// A teacher's logits over the training set, computed once: later epochs and other students only read them.
import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { channelStatistics, type ImageDataset, Loader } from "@sd/data";
import { readSafetensors, writeSafetensors } from "@sd/runs";
import { TrainerError } from "../errors.ts";
import { type LogitTeacher, openTeacher, type Teacher } from "./teacher.ts";

/** How logits are computed, and where they are kept. */
export interface CacheOptions {
  /** The name of the network of a teacher that says none. */
  readonly model?: string;
  /** Rows at once. @defaultValue 250, or all */
  readonly batchSize?: number;
  /** A file to keep them in: there already, it is read, and nothing is computed. @defaultValue none */
  readonly file?: string;
}

/** What the file says of itself. */
const metadataOf = (teacher: object, { checksum }: ImageDataset): Record<string, string> => ({
  teacher: JSON.stringify(teacher),
  images: checksum,
});

async function readCache(
  file: string,
  wanted: Readonly<Record<string, string>>,
  shape: readonly number[],
): Promise<Float32Array> {
  const { tensors, metadata } = await readSafetensors(file, { checksum: "required" });
  const { logits } = tensors;
  if (isDeepStrictEqual(metadata, wanted) && isDeepStrictEqual(logits?.shape, shape)) {
    return logits!.data as Float32Array;
  }
  const found = `${metadata.teacher ?? "none"} on images ${metadata.images ?? "none"}`;
  const expected = `${wanted.teacher} on images ${wanted.images}`;
  throw new TrainerError(
    "BAD_CHECKPOINT",
    `${file}: expected the logits of ${expected}, got those of ${found}`,
  );
}

/** The logits `[n, k]` of all rows, in their order. */
async function computeLogits(
  teacher: LogitTeacher,
  dataset: ImageDataset,
  batchSize: number,
): Promise<Float32Array> {
  const { classes, shape } = dataset;
  const out = new Float32Array(shape[0] * classes);
  const normalise = channelStatistics(dataset);
  const loader = new Loader(dataset, { batchSize, pad: true, normalise });
  let row = 0;
  for (const batch of loader.epoch(0)) {
    const { images, indices, size } = batch;
    const logits = await teacher.logits({ images, indices, shape: batch.shape });
    out.set(logits.subarray(0, size * classes), row * classes);
    row += size;
  }
  return out;
}

/** The teacher that reads the logits `[n, k]` of the rows of the training set. */
function fromRows(description: object, rows: Float32Array, k: number): LogitTeacher {
  return {
    description,
    seesImages: false,
    async logits({ indices }) {
      const out = new Float32Array(indices.length * k);
      indices.forEach((row, i) => {
        out.set(rows.subarray(row * k, (row + 1) * k), i * k);
      });
      return out;
    },
  };
}

/**
 * Asks a teacher for its logits on every image of the training set, once, and teaches by them.
 *
 * A student that is taught so learns what it would from the teacher itself, as long as its images are not augmented: of other
 * images the logits say nothing, and `train` refuses them.
 *
 * @param teacher - It is asked in evaluation mode, on images normalised by the statistics of `dataset`.
 * @param dataset - The training set of the student: rows are known by their numbers.
 * @throws TrainerError `BAD_CHECKPOINT` where `file` holds the logits of another teacher or on other images.
 */
export async function cacheLogits(
  teacher: Teacher,
  dataset: ImageDataset,
  { model = "", batchSize = 250, file }: CacheOptions = {},
): Promise<LogitTeacher> {
  const { classes, shape } = dataset;
  const [n, ...input] = shape;
  const rows = Math.min(batchSize, n);
  const live = openTeacher(teacher, { model, input, classes, batchSize: rows });
  try {
    const { description } = live;
    const cached = { ...description, cached: true };
    const metadata = metadataOf(description, dataset);
    if (file !== undefined && existsSync(file)) {
      return fromRows(cached, await readCache(file, metadata, [n, classes]), classes);
    }
    const logits = await computeLogits(live, dataset, rows);
    if (file !== undefined) {
      await writeSafetensors(file, { logits: { shape: [n, classes], data: logits } }, metadata);
    }
    return fromRows(cached, logits, classes);
  } finally {
    // A teacher that was handed in open stays open.
    if (live !== teacher) live.dispose?.();
  }
}
