// A finished run's network, asked about images that it has not seen.
import { type ImageDataset, Loader } from "@sd/data";
import { readRun } from "@sd/runs";
import { type LogitTeacher, loadTeacher, openTeacher } from "@sd/trainer-gpu";
import { z } from "zod";
import { UsageError } from "../errors.ts";

const side = z.int().min(1).max(16_384);
const statistics = z.array(z.number()).min(1).max(4);

/** What the run's manifest says of the images that it was trained on. */
const inputSchema: z.ZodType<Input> = z.object({
  shape: z.tuple([side, side, z.int().min(1).max(4)]),
  classes: z.int().min(2).max(1_000_000),
  classNames: z.array(z.string()).optional(),
  mean: statistics,
  std: statistics,
});

interface Input {
  readonly shape: readonly [h: number, w: number, c: number];
  readonly classes: number;
  readonly classNames?: readonly string[] | undefined;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A network that is open. */
export interface Predictor extends Input {
  /** The logits `[n, k]` of images in the shape that it was trained on. */
  logits(images: ImageDataset): Promise<Float32Array>;
  dispose(): void;
}

/** Images at once, at most. */
const BATCH = 250;

async function predictAll(network: LogitTeacher, images: ImageDataset, input: Input, rows: number) {
  const [n] = images.shape;
  const out = new Float32Array(n * input.classes);
  const normalise = { mean: [...input.mean], std: [...input.std] };
  let row = 0;
  for (const batch of new Loader(images, { batchSize: rows, pad: true, normalise }).epoch(0)) {
    const logits = await network.logits(batch);
    out.set(logits.subarray(0, batch.size * input.classes), row * input.classes);
    row += batch.size;
  }
  return out;
}

/**
 * Opens the network of a finished run, by its best checkpoint, for up to `rows` images at once.
 *
 * @throws UsageError where the run was made before manifests told what a prediction must know.
 */
export async function openPredictor(folder: string, rows: number = BATCH): Promise<Predictor> {
  const { manifest, config } = await readRun(folder);
  const { data: input } = inputSchema.safeParse(manifest.input);
  if (input === undefined) {
    throw new UsageError(
      `${folder}: its manifest.json does not tell the images' shape and statistics`,
    );
  }
  const batchSize = Math.min(rows, BATCH);
  const shape = { input: input.shape, classes: input.classes };
  const teacher = await loadTeacher(folder);
  const network = openTeacher(teacher, { ...shape, model: String(config.model), batchSize });
  return {
    ...input,
    logits: (images) => predictAll(network, images, input, batchSize),
    dispose: () => network.dispose?.(),
  };
}

/** The images as a network with so many channels sees them: colour made grey by its luma (ITU-R BT.601). */
export function withChannels(images: ImageDataset, channels: number): ImageDataset {
  const [n, h, w, c] = images.shape;
  if (c === channels) return images;
  if (c !== 3 || channels !== 1) {
    throw new UsageError(`expected images of ${channels} channels, got ${c}`);
  }
  const pixels = images.images;
  const grey = Uint8Array.from({ length: n * h * w }, (_, i) =>
    Math.round(0.299 * pixels[3 * i]! + 0.587 * pixels[3 * i + 1]! + 0.114 * pixels[3 * i + 2]!),
  );
  return { ...images, images: grey, shape: [n, h, w, 1] };
}
