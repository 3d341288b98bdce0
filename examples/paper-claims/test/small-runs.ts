// Studies as training leaves them, with logits from a seeded generator in place of networks.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng, normal, randomInteger } from "@sd/math/random";
import { createRun, type Predictions } from "@sd/runs";
import { onTestFinished } from "vitest";

const CLASSES = 10;
const EPOCHS = 10;

/** What a run is, and how good its network. */
export interface SmallRun {
  readonly method: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly generation?: number;
  readonly seed: number;
  readonly noise?: number;
  /** The folder's name of the run that taught it. */
  readonly teacher?: string;
  /** How far the label's logit stands out. */
  readonly skill: number;
  readonly learningRate?: number;
  /** Validation accuracy, epoch by epoch. @defaultValue 0.6 throughout */
  readonly accuracies?: readonly number[];
}

function predict({ skill, seed }: SmallRun, key: number, n: number): Predictions {
  const labelRng = createRng(key);
  const labels = Int32Array.from({ length: n }, () => randomInteger(labelRng, CLASSES));
  const rng = createRng(1000 * seed + key);
  const logits = Float32Array.from({ length: n * CLASSES }, (_, j) => {
    const own = labels[Math.floor(j / CLASSES)] === j % CLASSES;
    return normal(rng) + (own ? skill : 0);
  });
  return { logits, labels, shape: [n, CLASSES] };
}

export const nameOf = ({
  method,
  options = {},
  generation = 0,
  seed,
  noise = 0,
}: SmallRun): string =>
  [method, ...Object.values(options), `g${generation}`, `n${noise}`, `s${seed}`].join("-");

/** Writes one run into a study's folder. */
export async function writeRun(folder: string, small: SmallRun): Promise<void> {
  const { method, options = {}, generation = 0, seed, noise, teacher, learningRate = 0.2 } = small;
  const { accuracies = Array<number>(EPOCHS).fill(0.6) } = small;
  const run = await createRun(join(folder, nameOf(small)), {
    config: {
      method: { name: method, label: method.replace("-", " "), options },
      ...{ model: "resnet-8", seed, generation, epochs: EPOCHS, batchSize: 128 },
      optimizer: { name: "momentum", learningRate },
      schedule: { name: "cosine" },
      data: {
        name: "made-up",
        ...(noise === undefined ? {} : { noise: { kind: "symmetric", rate: noise, seed } }),
      },
      ...(teacher ? { teacher: { run: join("..", teacher), checkpoint: "best" } } : {}),
    },
    manifest: {
      ...{ createdBy: "@sd/trainer-gpu 0.0.0", engine: "wasm", device: "CPU", threads: 1 },
      ...{ versions: { tfjs: "4", node: "22" }, platform: "linux-x64", processor: "one" },
    },
  });
  for (const [epoch, validationAccuracy] of accuracies.entries()) {
    await run.appendMetrics({ epoch, validationAccuracy, trainLoss: 1, seconds: 36 });
  }
  await run.savePredictions("validation", predict(small, 1, 60));
  await run.savePredictions("test", predict(small, 2, 200));
  await run.savePredictions("train", predict(small, 3, 100));
  await run.setStatus("done", { validationAccuracy: accuracies.at(-1)! });
}

/** An empty folder that goes away with the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sd-claims-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Three small studies in which every student is better than its teacher, and smoothing gets half of that. */
export async function writeStudies(folder: string): Promise<void> {
  for (const seed of [0, 1, 2]) {
    const first: SmallRun = { method: "cross-entropy", seed, skill: 1 };
    let teacher = first;
    await writeRun(join(folder, "born-again"), first);
    for (const generation of [1, 2, 3]) {
      const options = { hardWeight: 0.6, temperature: 4 };
      const skill = 1 + generation;
      const student = { method: "self-distillation", options, generation, seed, skill };
      await writeRun(join(folder, "born-again"), { ...student, teacher: nameOf(teacher) });
      teacher = student;
    }
    await writeRun(join(folder, "temperature"), first);
    for (const temperature of [1, 4, 16]) {
      await writeRun(join(folder, "temperature"), {
        ...{ method: "self-distillation", generation: 1, seed, skill: temperature === 4 ? 3 : 2 },
        ...{ options: { hardWeight: 0.6, temperature }, teacher: nameOf(first) },
      });
    }
  }
  for (const noise of [0, 0.4]) {
    for (const seed of [0, 1, 2, 3]) {
      const first: SmallRun = { method: "cross-entropy", seed, noise, skill: 1 };
      const methods: SmallRun[] = [
        first,
        { ...first, method: "label-smoothing", options: { epsilon: 0.15 }, skill: 1.2 },
        { ...first, method: "beta-smoothing", options: { assignment: "ranked" }, skill: 1.6 },
        { ...first, method: "beta-smoothing", options: { assignment: "shuffled" }, skill: 1.2 },
        {
          ...{ ...first, method: "self-distillation", options: { temperature: 4 } },
          ...{ generation: 1, skill: 2.2, teacher: nameOf(first) },
        },
      ];
      for (const run of methods) await writeRun(join(folder, "smoothing"), run);
    }
  }
}
