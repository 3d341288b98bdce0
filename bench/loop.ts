// The training loop against its bare steps: what loading, augmenting, targets and bookkeeping cost.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng } from "@sd/math/random";
import {
  createMethod,
  createModel,
  type Engine,
  initialWeights,
  openEngine,
  presets,
  Session,
  type TrainData,
  train,
} from "@sd/trainer-gpu";
import type { SuiteOptions } from "./main.ts";
import { median } from "./measure.ts";
import type { Comparison } from "./table.ts";

const [NETWORK, BATCH, STEPS, CLASSES] = ["resnet-8", 128, 20, 10] as const;
const INPUT = [32, 32, 3] as const;
const METHODS = ["cross-entropy", "beta-smoothing", "past-predictions"] as const;
const ROUNDS = 7;
/** The share of the bare steps' throughput that the loop should reach. */
const SHARE = 0.9;

const optimizer = { learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4 } as const;

/** Noise in the shape of CIFAR-10. */
function noise(name: string, n: number): TrainData["train"] {
  const rng = createRng(1).fork(name);
  const images = Uint8Array.from({ length: n * 32 * 32 * 3 }, () => rng.uniform() * 256);
  const labels = Int32Array.from({ length: n }, (_, i) => i % CLASSES);
  return { name, images, labels, shape: [n, ...INPUT], classes: CLASSES, checksum: name };
}

const images = noise("train", BATCH * STEPS);
const few = noise("few", BATCH);

/** Milliseconds of a step of nothing but signals and update, over one batch again and again. */
async function bareSteps(method: ReturnType<typeof createMethod>): Promise<{
  run: () => Promise<number>;
  dispose: () => void;
}> {
  const model = createModel(NETWORK, { input: INPUT, classes: CLASSES });
  const session = new Session({
    ...{ model, method, optimizer, batchSize: BATCH, predictBatchSize: BATCH },
    initial: initialWeights(model, 0),
    normalise: { mean: [0.5, 0.5, 0.5], std: [0.29, 0.29, 0.29] },
  });
  const batch = images.images.slice(0, BATCH * 32 * 32 * 3);
  const targets = new Float32Array(BATCH * CLASSES).fill(1 / CLASSES);
  let step = 0;
  const run = async (): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < STEPS; i++) {
      await session.signals(batch);
      step++;
      const emaDecay = method.emaDecay?.(step);
      await session.step({ images: batch, targets, learningRate: 0.01, step, emaDecay });
    }
    return (performance.now() - start) / STEPS;
  };
  // The first steps are slower.
  await run();
  return { run, dispose: () => session.dispose() };
}

/** Milliseconds of a step of a run, in its second epoch. */
async function loopSteps(engine: Engine, name: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "sd-loop-"));
  let milliseconds = Number.NaN;
  await train({
    folder: join(folder, "run"),
    ...{ engine, model: NETWORK, method: createMethod(name), optimizer, batchSize: BATCH },
    data: { train: images, validation: few, test: few, description: {} },
    ...{ seed: 0, generation: 0, epochs: 2, schedule: { name: "constant" } },
    augment: presets.small.data["cifar-10"]!.augment,
    onProgress: ({ metrics }) => {
      if (metrics) milliseconds = (1000 * metrics.seconds!) / STEPS;
    },
  });
  await rm(folder, { recursive: true });
  return milliseconds;
}

/** The suite `loop`. */
export async function* loop({ log }: SuiteOptions): AsyncGenerator<Comparison> {
  const engine = await openEngine({ name: "native", log });
  log(`engine: ${engine.name} (${engine.device})`);
  for (const name of METHODS) {
    const bare = await bareSteps(createMethod(name));
    const times: { bare: number; loop: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      times.push({ bare: await bare.run(), loop: await loopSteps(engine, name) });
    }
    bare.dispose();
    // The fastest rounds: whatever else the machine does can only slow a round down.
    const bareTime = Math.min(...times.map((time) => time.bare));
    const loopTime = Math.min(...times.map((time) => time.loop));
    yield {
      title: `${name}: ${NETWORK}, batch ${BATCH}, augmented`,
      values: {
        "signals and step, ms": bareTime,
        "the loop, ms": loopTime,
        "median of the rounds' ratios": median(times.map((time) => time.bare / time.loop)),
      },
      ratios: [
        {
          name: "throughput of the loop ÷ signals and step",
          value: bareTime / loopTime,
          bar: { atLeast: SHARE },
        },
      ],
    };
  }
}
