// The largest resident size of a process that does nothing but train, each in a process of its own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "./python.ts";

const STEPS = 8;

/** Ours, then PyTorch's in its eager mode, contiguous, after a few steps. */
export async function peakMegabytes(
  python: string,
  network: string,
  batch: number,
): Promise<[own: number, torch: number]> {
  const script = fileURLToPath(new URL("./workers/step-memory.ts", import.meta.url));
  const args = [...process.execArgv, script, network, String(batch), String(STEPS)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const worker = new Worker(python, "training_step.py");
  try {
    const threads = 2;
    await worker.ask({ network, batch, variant: "contiguous", threads, count: STEPS });
    const { peakMegabytes: torch } = await worker.ask({ peak: true });
    return [Number(stdout), torch!];
  } finally {
    worker.close();
  }
}
