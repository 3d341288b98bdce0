// `sd predict`: what a trained network says of images.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ImageDataset, readImage } from "@sd/data";
import { softmax } from "@sd/math";
import { applyTemperature, fitTemperature } from "@sd/metrics";
import { readRun } from "@sd/runs";
import { UsageError } from "../errors.ts";
import { type EngineChoice, openChosen } from "../run/engine-choice.ts";
import { openPredictor, type Predictor, withChannels } from "../run/predictor.ts";

/** The options of `sd predict`. */
export interface PredictOptions extends EngineChoice {
  /** How many classes are named for each image. */
  readonly top: number;
  /** Divide the logits by the temperature that the validation images ask for. */
  readonly calibrated?: boolean;
  readonly json?: boolean;
}

/** One image, and the classes that are most likely. */
interface Prediction {
  readonly file: string;
  readonly classes: readonly { readonly name: string; readonly probability: number }[];
}

const IMAGE = /\.(jpe?g|png|webp)$/i;

/** The files that are meant: those named, and the images below folders that are named. */
async function filesOf(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const kind = await stat(path).catch(() => undefined);
      if (kind === undefined) throw new UsageError(`${path}: there is no such file or folder`);
      if (!kind.isDirectory()) return [path];
      const names = await readdir(path, { recursive: true });
      return names
        .filter((name) => IMAGE.test(name))
        .sort()
        .map((name) => join(path, name));
    }),
  );
  const files = found.flat();
  if (files.length === 0) throw new UsageError(`${paths.join(", ")}: there is no image`);
  return files;
}

async function readAll(files: readonly string[], { shape }: Predictor): Promise<ImageDataset> {
  const [h, w, c] = shape;
  const size = h * w * 3;
  const images = new Uint8Array(files.length * size);
  for (const [i, file] of files.entries()) {
    images.set((await readImage(file, { size: [h, w] })).pixels, i * size);
  }
  const labels = new Int32Array(files.length);
  const colour = { name: "images", images, labels, classes: 1, checksum: "" };
  return withChannels({ ...colour, shape: [files.length, h, w, 3] }, c);
}

/** The temperature that a run's validation predictions ask for. */
async function temperatureOf(folder: string): Promise<number> {
  const { logits, labels, shape } = await (await readRun(folder)).predictions("validation");
  return fitTemperature(logits, labels, shape).temperature;
}

function best(probs: ArrayLike<number>, row: number, k: number, top: number): [number, number][] {
  const scored = Array.from({ length: k }, (_, c): [number, number] => [c, probs[row * k + c]!]);
  return scored.sort((a, b) => b[1] - a[1]).slice(0, top);
}

/** A field of CSV. */
const field = (text: string): string =>
  /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

function csv(predictions: readonly Prediction[]): string {
  const rows = predictions.flatMap(({ file, classes }) =>
    classes.map(({ name, probability }) => [field(file), field(name), probability.toFixed(6)]),
  );
  return [["file", "class", "probability"], ...rows].map((row) => row.join(",")).join("\n");
}

/** Prints the most likely classes of images, and how likely they are. */
export async function predict(
  folder: string,
  paths: readonly string[],
  { top, calibrated = false, json = false, engine, requireGpu, threads }: PredictOptions,
): Promise<number> {
  // Whatever is wrong with the run is said before the engine is started.
  await readRun(folder);
  const files = await filesOf(paths);
  await openChosen({ engine, requireGpu, threads });
  const predictor = await openPredictor(folder, files.length);
  try {
    const { classes: k, classNames } = predictor;
    const logits = await predictor.logits(await readAll(files, predictor));
    const temperature = calibrated ? await temperatureOf(folder) : 1;
    const shape = [files.length, k];
    const probs = softmax(applyTemperature(logits, shape, temperature), shape);
    const predictions = files.map((file, row): Prediction => {
      const likely = best(probs, row, k, top);
      const classes = likely.map(([c, probability]) => ({
        name: classNames?.[c] ?? String(c),
        probability,
      }));
      return { file, classes };
    });
    process.stdout.write(`${json ? JSON.stringify(predictions, null, 2) : csv(predictions)}\n`);
    return 0;
  } finally {
    predictor.dispose();
  }
}
