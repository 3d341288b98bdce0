// How long runs will take on this machine: a few steps of each kind of run, on images of noise.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImageDataset, Loader } from "@sd/data";
import type { PlannedRun } from "@sd/study";
import { createModel, type Engine, initialWeights, train } from "@sd/trainer-gpu";
import { runSchema } from "../config/run-schema.ts";
import type { RunSettings } from "../config/settings.ts";
import { type DataPlace, openImages, prepareData } from "../run/data.ts";
import { type EngineChoice, openChosen } from "../run/engine-choice.ts";
import { methodOf, trainSettings } from "../run/options.ts";

/** What an estimate needs. */
export interface EstimateOptions {
  readonly place: DataPlace;
  readonly choice: EngineChoice;
  readonly say: (line: string) => void;
}

/** So many steps are timed, after as many that are not. */
const STEPS = 3;

/** Images of noise in the shape of a data set. */
function noiseImages({ shape, classes }: ImageDataset, rows: number): ImageDataset {
  const [, h, w, c] = shape;
  return {
    name: "noise",
    // Multiplicative hashing of the index: what the pixels are does not matter, that they differ does.
    images: Uint8Array.from(
      { length: rows * h * w * c },
      (_, i) => Math.imul(i, 0x9e3779b1) >>> 24,
    ),
    labels: Int32Array.from({ length: rows }, (_, i) => i % classes),
    shape: [rows, h, w, c],
    classes,
    checksum: "",
  };
}

/** Images a second of a run's kind. */
async function speedOf(
  settings: RunSettings,
  images: ImageDataset,
  engine: Engine,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "sd-estimate-"));
  try {
    const { batchSize } = settings;
    const rows = noiseImages(images, STEPS * batchSize);
    const few = noiseImages(images, Math.min(batchSize, 10));
    const method = methodOf(settings.method);
    const { augment } = trainSettings(settings);
    const { imageShape } = new Loader(images, { batchSize: 1, augment, seed: 0 });
    const network = createModel(settings.model, { input: imageShape, classes: images.classes });
    let speed = Number.NaN;
    await train({
      ...trainSettings(settings),
      ...{ folder: join(folder, "run"), engine, method, epochs: 2 },
      schedule: { name: "constant" },
      data: { train: rows, validation: few, test: few, description: {} },
      teacher: method.signals.includes("teacher")
        ? { folder, weights: initialWeights(network, 0, 0) }
        : undefined,
      onProgress: ({ epoch, metrics }) => {
        if (epoch === 1 && metrics) speed = metrics.imagesPerSecond!;
      },
    });
    return speed;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Seconds that the runs will take, one after the other with all cores, or several at once with a share each.
 *
 * Each kind of run (network, batch, method, augmentation) is tried for a few steps, data sets are read once.
 */
export async function estimate(
  runs: readonly PlannedRun[],
  { place, choice, say }: EstimateOptions,
): Promise<number> {
  if (runs.length === 0) return 0;
  const engine = await openChosen(choice);
  const speeds = new Map<string, number>();
  const data = new Map<string, ImageDataset>();
  let seconds = 0;
  for (const run of runs) {
    const { teacher: _, ...own } = run.settings;
    const settings = runSchema.parse(own);
    const source = JSON.stringify(settings.data);
    if (!data.has(source)) {
      const prepared = await prepareData(await openImages(settings.data, place), settings.data, {
        seed: 0,
        place,
      });
      data.set(source, prepared.train);
    }
    const images = data.get(source)!;
    const { model, batchSize, parts, method, augment } = settings;
    const kind = JSON.stringify([
      model,
      batchSize,
      parts,
      method.name,
      augment,
      images.shape.slice(1),
    ]);
    if (!speeds.has(kind)) {
      say(`timing ${model} with ${method.name}, batches of ${batchSize} …`);
      speeds.set(kind, await speedOf(settings, images, engine));
    }
    seconds += (settings.epochs * images.shape[0]) / speeds.get(kind)!;
  }
  return seconds;
}
