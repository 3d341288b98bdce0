// A training step of each network against PyTorch: forward, backward, momentum with weight decay, the loss read after every step.
import { availableParallelism } from "node:os";
import { createModel, initialWeights, openEngine, Session } from "@sd/trainer-gpu";
import type { SuiteOptions } from "./main.ts";
import { type Candidate, interleave, timed } from "./measure.ts";
import { peakMegabytes } from "./memory.ts";
import { pythonWith, Worker } from "./python.ts";
import type { Comparison, Ratio } from "./table.ts";

/** A network, and the bars of its time and memory against PyTorch's. */
interface Case {
  readonly network: string;
  readonly batch: number;
  readonly time: number;
  readonly memory: number;
  /** Rounds of measurement: fewer where a step takes seconds. */
  readonly rounds: number;
}

const CASES: readonly Case[] = [
  { network: "mlp", batch: 128, time: 0.95, memory: 1.2, rounds: 9 },
  { network: "lenet", batch: 64, time: 0.6, memory: 1.2, rounds: 9 },
  { network: "resnet-8", batch: 32, time: 0.85, memory: 1.2, rounds: 9 },
  { network: "resnet-18", batch: 32, time: 0.97, memory: 1.2, rounds: 5 },
  { network: "densenet-bc-100-12", batch: 32, time: 0.92, memory: 1.1, rounds: 5 },
];
const GEOMETRIC_MEAN = 0.8;

export const inputOf = (network: string): [number, number, number] =>
  network === "mlp" || network === "lenet" ? [28, 28, 1] : [32, 32, 3];

/** A session with a batch of fixed numbers, as both languages use it. */
export function createStep(
  network: string,
  batch: number,
): { session: Session; step: () => Promise<number> } {
  const input = inputOf(network);
  const model = createModel(network, { input, classes: 10 });
  const session = new Session({
    model,
    method: { name: "bench", signals: [] },
    optimizer: { momentum: 0.9, weightDecay: 1e-4 },
    batchSize: batch,
    predictBatchSize: batch,
    initial: initialWeights(model, 0),
  });
  const pixels = batch * input.reduce((a, b) => a * b, 1);
  const images = Float32Array.from(
    { length: pixels },
    (_, i) => ((i * 2_654_435_761) % 1000) / 500 - 1,
  );
  const targets = new Float32Array(batch * 10).fill(0.1);
  let count = 0;
  const step = async (): Promise<number> => {
    count++;
    return (await session.step({ images, targets, learningRate: 0.01, step: count })).loss;
  };
  return { session, step };
}

const VARIANTS = ["contiguous", "channels-last", "compile"] as const;

/** Each way to run a network in PyTorch, with the number of threads that suits it best. */
async function rivals(
  worker: Worker,
  { network, batch }: Case,
  threads: number,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const variant of VARIANTS) {
    const tries: { count: number; milliseconds: number }[] = [];
    for (const count of new Set([1, threads])) {
      const request = { network, batch, variant, threads: count };
      await worker.ask({ ...request, count: 2 });
      const { milliseconds } = await worker.ask({ ...request, count: 3 });
      tries.push({ count, milliseconds: milliseconds! });
    }
    const { count } = tries.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
    const request = { network, batch, variant, threads: count };
    candidates.push(worker.candidate(`PyTorch ${variant}, ${count} threads`, request));
  }
  return candidates;
}

async function compare(one: Case, python: string, threads: number): Promise<Comparison> {
  const { network, batch, rounds } = one;
  const worker = new Worker(python, "training_step.py");
  const { session, step } = createStep(network, batch);
  try {
    const own = { name: "replayed step", run: timed(step) };
    const timings = await interleave([own, ...(await rivals(worker, one, threads))], rounds);
    const [ours, ...theirs] = timings;
    const best = theirs.reduce((a, b) => (b.median < a.median ? b : a));
    const [ownPeak, torchPeak] = await peakMegabytes(python, network, batch);
    const ratios: Ratio[] = [
      { name: `time ÷ ${best.name}`, value: ours!.median / best.median, bar: { atMost: one.time } },
      {
        name: "peak memory ÷ PyTorch eager",
        value: ownPeak / torchPeak,
        bar: { atMost: one.memory },
      },
    ];
    const values = {
      ...Object.fromEntries(timings.map(({ name, median }) => [`${name}, ms`, median])),
      "peak memory, MB": ownPeak,
      "peak memory of PyTorch eager, MB": torchPeak,
    };
    return { title: `${network}, batch ${batch}`, values, ratios };
  } finally {
    session.dispose();
    worker.close();
  }
}

/** The suite `step`. */
export async function* step({ python, log, only }: SuiteOptions): AsyncGenerator<Comparison> {
  const cases = CASES.filter(({ network }) => only === undefined || network === only);
  if (cases.length === 0) {
    const known = CASES.map(({ network }) => network).join(", ");
    throw new Error(`no network \`${only}\` is measured, there is ${known}`);
  }
  const threads = availableParallelism();
  const engine = await openEngine({ name: "native", log });
  log(`engine: ${engine.name} (${engine.device})`);
  const interpreter = await pythonWith(python, log);
  const times: number[] = [];
  for (const one of cases) {
    const comparison = await compare(one, interpreter, threads);
    times.push(comparison.ratios[0]!.value);
    yield comparison;
  }
  const logs = times.map(Math.log);
  const mean = Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length);
  yield {
    title: "all networks",
    values: {},
    ratios: [
      { name: "geometric mean of the time ratios", value: mean, bar: { atMost: GEOMETRIC_MEAN } },
    ],
  };
}
