// The mathematics: the fused total loss against tfjs and PyTorch, ECE against torchmetrics, the soft
// targets of beta smoothing.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { loadSimdKernels } from "@sd/math/simd";
import { loadWasmBackend } from "@sd/tfjs-wasm";
import { betaTargets } from "./beta-targets.ts";
import { CLASSES, eceStream, ROWS } from "./ece-stream.ts";
import type { SuiteOptions } from "./main.ts";
import { type Candidate, interleave } from "./measure.ts";
import { pythonWith, Worker } from "./python.ts";
import { type Comparison, milliseconds } from "./table.ts";
import { compareTotalLoss } from "./total-loss.ts";

/** The largest resident size, in MB, of a process that streams so many rows. */
async function streamMemory(rows: number): Promise<number> {
  const script = fileURLToPath(new URL("./workers/ece-memory.ts", import.meta.url));
  const args = [...process.execArgv, script, String(rows)];
  return Number((await promisify(execFile)(process.execPath, args)).stdout);
}

/** The ECE in a stream, where `worker` is one of `total_loss.py`. */
export async function compareCalibration(worker: Worker): Promise<Comparison> {
  const candidate = (name: string, stream: () => number): Candidate => ({
    name,
    run: (count) => Array.from({ length: count }, stream).reduce((a, b) => a + b, 0),
  });
  const task = { task: "ece_stream", n: ROWS, k: CLASSES };
  const timings = await interleave(
    [
      candidate("JavaScript", eceStream(ROWS)),
      candidate("SIMD", eceStream(ROWS, { kernels: await loadSimdKernels() })),
      worker.candidate("torchmetrics, 1 thread", task),
    ],
    5,
  );
  const [plain, simd, theirs] = timings.map(({ median }) => median) as [number, number, number];
  const [few, all] = [await streamMemory(ROWS / 10), await streamMemory(ROWS)];
  return {
    title: `expected calibration error of ${ROWS} rows of ${CLASSES} logits, streamed`,
    values: {
      ...milliseconds(timings),
      [`peak memory, SIMD, ${ROWS / 10} rows, MB`]: few,
      [`peak memory, SIMD, ${ROWS} rows, MB`]: all,
    },
    ratios: [
      { name: "JavaScript ÷ SIMD", value: plain / simd },
      { name: "JavaScript ÷ torchmetrics", value: plain / theirs },
      { name: "SIMD ÷ torchmetrics", value: simd / theirs, bar: { atMost: 1 } },
      { name: "memory of ten times the rows", value: all / few, bar: { atMost: 1.1 } },
    ],
  };
}

async function softTargets(): Promise<Comparison> {
  const ratios = (await betaTargets()).map(({ name, microseconds }) => ({
    name: `${name}, µs`,
    value: microseconds,
    bar: { atMost: 50 },
  }));
  return { title: "soft targets of a batch", values: {}, ratios };
}

/** The suite `math`. */
export async function* math({ python, log }: SuiteOptions): AsyncGenerator<Comparison> {
  await loadWasmBackend();
  const worker = new Worker(await pythonWith(python, log), "total_loss.py");
  try {
    yield await compareTotalLoss(4096, 100, 1.0, worker);
    yield await compareTotalLoss(128, 1000, 1.5, worker);
    yield await compareCalibration(worker);
  } finally {
    worker.close();
  }
  yield await softTargets();
}
