// Who computes what: devices one by one, cores shared out.
import { availableParallelism } from "node:os";
import type { Slot } from "@sd/study";
import { UsageError } from "../errors.ts";

/** How many runs are made at once, and on what. */
export interface SlotOptions {
  /** Runs at once. @defaultValue one a device, one without */
  readonly jobs?: number | undefined;
  /** The numbers of the GPUs. @defaultValue none in particular */
  readonly devices?: readonly string[] | undefined;
  /** @defaultValue the cores shared out evenly */
  readonly threads?: number | undefined;
}

/** The environment in which the engines compute with so many threads. */
const threadsOf = (threads: number): Record<string, string> => ({
  TF_NUM_INTRAOP_THREADS: String(threads),
  TF_NUM_INTEROP_THREADS: String(Math.min(threads, 2)),
});

/** A slot for each run that is made at once. */
export function slotsOf({ jobs, devices = [], threads }: SlotOptions): Slot[] {
  const count = jobs ?? Math.max(1, devices.length);
  if (devices.length > 0 && count > devices.length) {
    throw new UsageError(
      `--jobs ${count}: expected at most one run a device, and there are ${devices.length}`,
    );
  }
  const share = threads ?? Math.max(1, Math.floor(availableParallelism() / count));
  // A single run finds its own best setting.
  const environment = count === 1 && threads === undefined ? {} : threadsOf(share);
  return Array.from({ length: count }, (_, i) => {
    const device = devices[i];
    const visible = device === undefined ? {} : { CUDA_VISIBLE_DEVICES: device };
    return { environment: { ...environment, ...visible } };
  });
}
