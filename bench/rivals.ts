// The ways to run a training step in PyTorch, each with the number of threads that suits it best.
import { setTimeout as sleep } from "node:timers/promises";
import type { Candidate } from "./measure.ts";
import { Worker } from "./python.ts";

/** How long `torch.compile` may take for a network's first steps. */
const COMPILE_SECONDS = 300;

const WORKER = "training_step.py";
const EAGER = ["contiguous", "channels-last"] as const;

/** PyTorch's candidates, while their processes live. */
export interface Rivals {
  readonly candidates: readonly Candidate[];
  /** What was left out. */
  readonly notes: readonly string[];
  close(): void;
}

/** Starts PyTorch with a network, eager and, if it is wanted, compiled, and warms it up. */
export async function startRivals(
  python: string,
  { network, batch }: { readonly network: string; readonly batch: number },
  { threads, compile = true }: { readonly threads: number; readonly compile?: boolean },
): Promise<Rivals> {
  const eager = new Worker(python, WORKER);
  const compiled = new Worker(python, WORKER);
  const close = (): void => {
    eager.close();
    compiled.close();
  };
  try {
    const candidates: Candidate[] = [];
    for (const variant of EAGER) {
      candidates.push(await fastest(eager, { network, batch, variant }, [1, threads]));
    }
    if (!compile) return { candidates, notes: [], close };
    const request = { network, batch, variant: "compile" };
    const candidate = await withinLimit(compiled, () => fastest(compiled, request, [threads]));
    const limit = `PyTorch compile is left out: it was not ready within ${COMPILE_SECONDS} s`;
    if (candidate !== undefined) candidates.push(candidate);
    return { candidates, notes: candidate === undefined ? [limit] : [], close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The candidate with the number of threads that it is fastest with. */
async function fastest(
  worker: Worker,
  request: { readonly network: string; readonly batch: number; readonly variant: string },
  counts: readonly number[],
): Promise<Candidate> {
  const tries: { count: number; milliseconds: number }[] = [];
  for (const count of new Set(counts)) {
    const asked = { ...request, threads: count };
    await worker.ask({ ...asked, count: 2 });
    const { milliseconds } = await worker.ask({ ...asked, count: 3 });
    tries.push({ count, milliseconds: milliseconds! });
  }
  const { count } = tries.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
  const name = `PyTorch ${request.variant}, ${count} threads`;
  return worker.candidate(name, { ...request, threads: count });
}

/** What `work` gives, or undefined where it takes longer than the limit; its process is ended then. */
async function withinLimit<T>(worker: Worker, work: () => Promise<T>): Promise<T | undefined> {
  const controller = new AbortController();
  const late = sleep(COMPILE_SECONDS * 1000, "late" as const, { signal: controller.signal });
  const done = work();
  try {
    const first = await Promise.race([done, late]);
    if (first !== "late") return first;
    worker.kill();
    await done.catch(() => {});
    return undefined;
  } finally {
    controller.abort();
    late.catch(() => {});
  }
}
