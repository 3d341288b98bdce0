// A training step of each network against PyTorch: forward, backward, momentum with weight decay, the loss read after every step.
import { availableParallelism } from "node:os";
import { openEngine } from "@sd/trainer-gpu";
import type { SuiteOptions } from "./main.ts";
import { interleave, timed } from "./measure.ts";
import { peakMegabytes } from "./memory.ts";
import { pythonWith } from "./python.ts";
import { startRivals } from "./rivals.ts";
import { compareSignals } from "./signals.ts";
import { type Comparison, milliseconds, type Ratio } from "./table.ts";
import { createStep } from "./training-step.ts";

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
/** How many times PyTorch's time the engine without native code may take. */
const WASM = 10;

async function compare(one: Case, python: string, threads: number): Promise<Comparison> {
  const { network, batch, rounds } = one;
  const [ownPeak, torchPeak] = await peakMegabytes(python, network, batch);
  const rivals = await startRivals(python, one, { threads });
  const { session, step } = createStep(network, batch);
  try {
    const own = { name: "replayed step", run: timed(step) };
    const timings = await interleave([own, ...rivals.candidates], rounds);
    const [ours, ...theirs] = timings;
    const best = theirs.reduce((a, b) => (b.median < a.median ? b : a));
    const ratios: Ratio[] = [
      { name: `time ÷ ${best.name}`, value: ours!.median / best.median, bar: { atMost: one.time } },
      { name: "the same of the minima", value: ours!.min / Math.min(...theirs.map((t) => t.min)) },
      {
        name: "peak memory ÷ PyTorch eager",
        value: ownPeak / torchPeak,
        bar: { atMost: one.memory },
      },
    ];
    const values = {
      ...milliseconds(timings),
      "peak memory, MB": ownPeak,
      "peak memory of PyTorch eager, MB": torchPeak,
    };
    return { title: `${network}, batch ${batch}`, values, ratios, notes: rivals.notes };
  } finally {
    session.dispose();
    rivals.close();
  }
}

/** The engine that needs nothing but npm, against PyTorch eager; the backend is tfjs's own afterwards. */
async function compareWasm(python: string, threads: number): Promise<Comparison> {
  const one = { network: "resnet-8", batch: 32 };
  const rivals = await startRivals(python, one, { threads, compile: false });
  const { threads: ownThreads } = await openEngine({ name: "wasm", threads });
  const { session, step } = createStep(one.network, one.batch);
  try {
    const own = { name: `WebAssembly, ${ownThreads} threads`, run: timed(step) };
    const timings = await interleave([own, ...rivals.candidates]);
    const [ours, ...theirs] = timings.map(({ median }) => median);
    const ratio = {
      name: "WebAssembly ÷ PyTorch's best",
      value: ours! / Math.min(...theirs),
      bar: { atMost: WASM },
    };
    const title = `${one.network}, batch ${one.batch}, on WebAssembly`;
    return { title, values: milliseconds(timings), ratios: [ratio] };
  } finally {
    session.dispose();
    rivals.close();
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
  for (const network of ["lenet", "resnet-8"]) {
    const one = cases.find((c) => c.network === network);
    if (one !== undefined) yield compareSignals(network, one.batch);
  }
  if (cases.some(({ network }) => network === "resnet-8")) {
    yield compareWasm(interpreter, threads);
  }
  const logs = times.map(Math.log);
  const mean = Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length);
  const name = "geometric mean of the time ratios";
  const bar = { atMost: GEOMETRIC_MEAN };
  yield { title: "all networks", values: {}, ratios: [{ name, value: mean, bar }] };
}
