// Run folders as training leaves them, with logits from a seeded generator in place of a network.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRun, type Predictions, type RunState } from "@sd/runs";
import { onTestFinished } from "vitest";

/** What a synthetic run looks like. */
export interface SyntheticRun {
  readonly name: string;
  readonly label?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  readonly state?: RunState;
  /** How far the label's logit stands out. @defaultValue 4 */
  readonly skill?: number;
  /** Multiplies all logits: above 1 the network is overconfident. @defaultValue 1 */
  readonly scale?: number;
  /** Test images. @defaultValue 300 */
  readonly n?: number;
  /** The folder's name. @defaultValue the method's and the seed */
  readonly folder?: string;
  /** What the configuration has besides, or in place of what a synthetic run has. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
}

const CLASSES = 5;

/** Draws in [0, 1) that depend on the key alone: a 32-bit congruential generator, enough to look like noise. */
function uniforms(key: string): () => number {
  let state = [...key].reduce(
    (hash, character) => Math.imul(hash ^ character.charCodeAt(0), 0x01000193),
    0x811c9dc5,
  );
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Roughly normal: twelve uniforms have variance 1. */
function normals(key: string): () => number {
  const next = uniforms(key);
  return () => Array.from({ length: 12 }, next).reduce((a, b) => a + b, -6);
}

function predictions(
  { name, folder, seed = 0, skill = 4, scale = 1, n = 300 }: SyntheticRun,
  split: string,
): Predictions {
  // The same labels for every method, as a test set has.
  const label = uniforms(split);
  const noise = normals(`${folder ?? name} ${seed} ${split}`);
  const labels = Int32Array.from({ length: n }, () => Math.floor(label() * CLASSES));
  const logits = Float32Array.from({ length: n * CLASSES }, (_, j) => {
    const own = labels[Math.floor(j / CLASSES)] === j % CLASSES;
    return scale * (1.6 * noise() + (own ? skill : 0));
  });
  return { logits, labels, shape: [n, CLASSES] };
}

/** Writes one run at `folder`. */
export async function writeRun(folder: string, options: SyntheticRun): Promise<void> {
  const { name, label = name, seed = 0, state = "done", skill = 4 } = options;
  const run = await createRun(folder, {
    config: {
      method: { name, label, options: options.options ?? {} },
      ...{ model: "mlp", seed, generation: 0, epochs: 6, batchSize: 32 },
      optimizer: { name: "momentum", learningRate: 0.1 },
      schedule: { name: "cosine" },
      ...options.config,
    },
    manifest: { engine: "wasm", device: "cpu", ...options.manifest },
  });
  const noise = normals(`${name} ${seed} metrics`);
  for (let epoch = 0; epoch < 6; epoch++) {
    await run.appendMetrics({
      epoch,
      trainLoss: 2 / (epoch + 1) + 0.02 * noise(),
      validationAccuracy: 0.9 - 0.5 / (epoch + skill),
      validationNll: 1.2 / (epoch + 1) + 0.3 + 0.02 * noise(),
      imagesPerSecond: 1000 + 10 * epoch,
      seconds: 1,
    });
  }
  for (const split of ["validation", "test"])
    await run.savePredictions(split, predictions(options, split));
  await run.setStatus(state, state === "failed" ? { error: "the loss is <NaN>" } : {});
}

/** A new empty folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sd-report-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with the given runs, named by method and seed. */
export async function writeRuns(runs: readonly SyntheticRun[], folder?: string): Promise<string> {
  const root = folder ?? (await temporaryFolder());
  for (const run of runs) {
    await writeRun(join(root, run.folder ?? `${run.name}-${run.seed ?? 0}`), run);
  }
  return root;
}

/** Four methods that look like the real ones. */
export const FOUR: readonly SyntheticRun[] = [
  { name: "beta-smoothing", label: "beta smoothing", skill: 4.6, scale: 0.8 },
  { name: "cross-entropy", skill: 3.6, scale: 1.8 },
  { name: "label-smoothing", label: "label smoothing", skill: 3.9, scale: 0.5 },
  { name: "self-distillation", label: "self-distillation", skill: 4.5, scale: 1 },
];
