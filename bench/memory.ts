// Memory of processes that do nothing but train: their peak against PyTorch's, and that it stays flat.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { SuiteOptions } from "./main.ts";
import { Worker } from "./python.ts";
import type { Comparison } from "./table.ts";
import type { Steady } from "./workers/step-memory.ts";

/** Steps before the peak is read. */
const STEPS = 8;

async function train(network: string, batch: number, warm: number, steps: number): Promise<Steady> {
  const script = fileURLToPath(new URL("./workers/step-memory.ts", import.meta.url));
  const args = [...process.execArgv, script, network, ...[batch, warm, steps].map(String)];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
}

/** Ours, then PyTorch's in its eager mode, contiguous, after a few steps. */
export async function peakMegabytes(
  python: string,
  network: string,
  batch: number,
): Promise<[own: number, torch: number]> {
  const { peak } = await train(network, batch, 0, STEPS);
  const worker = new Worker(python, "training_step.py");
  try {
    const threads = 2;
    await worker.ask({ network, batch, variant: "contiguous", threads, count: STEPS });
    const { peakMegabytes: torch } = await worker.ask({ peak: true });
    return [peak, torch!];
  } finally {
    worker.close();
  }
}

interface Case {
  readonly network: string;
  readonly batch: number;
  readonly steps: number;
  /**
   * Steps before those: until JavaScript's collector has seen as many short-lived arrays as it lets live,
   * a small network's process grows.
   */
  readonly warm: number;
}

const LONG: readonly Case[] = [
  { network: "mlp", batch: 128, steps: 5000, warm: 20_000 },
  { network: "lenet", batch: 64, steps: 5000, warm: 5000 },
  { network: "resnet-8", batch: 32, steps: 5000, warm: 2000 },
  { network: "resnet-18", batch: 32, steps: 100, warm: 20 },
  { network: "densenet-bc-100-12", batch: 32, steps: 100, warm: 20 },
];
const LARGE: readonly Case[] = [
  { network: "resnet-34", batch: 128, steps: 3, warm: 0 },
  { network: "densenet-bc-100-12", batch: 128, steps: 3, warm: 0 },
];

/** The suite `memory`. */
export async function* memory({ only }: SuiteOptions): AsyncGenerator<Comparison> {
  const wanted = ({ network }: Case): boolean => only === undefined || network === only;
  for (const { network, batch, steps, warm } of LONG.filter(wanted)) {
    const { before, after, peak, tensors } = await train(network, batch, warm, steps);
    yield {
      title: `${network}, batch ${batch}, ${steps} steps after ${warm}`,
      values: { "resident before, MB": before, "after, MB": after, "peak, MB": peak },
      ratios: [
        { name: "after ÷ before", value: after / before, bar: { atMost: 1.05 } },
        { name: "tensors more", value: tensors, bar: { atMost: 0 } },
      ],
    };
  }
  for (const { network, batch, steps, warm } of LARGE.filter(wanted)) {
    const { peak } = await train(network, batch, warm, steps);
    const ratio = { name: "peak memory, GB", value: peak / 1024, bar: { atMost: 12 } };
    yield { title: `${network}, batch ${batch}, ${steps} steps`, values: {}, ratios: [ratio] };
  }
}
