// Timing of rivals in turn, so that a slow minute of the machine falls on all of them.

/** One of the things that are compared. */
export interface Candidate {
  readonly name: string;
  /** Runs `count` times and returns the milliseconds of all of them together. */
  readonly run: (count: number) => number | Promise<number>;
}

/** Milliseconds of one run. */
export interface Timing {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** Times a function of this process. */
export function timed(call: () => unknown): Candidate["run"] {
  return async (count) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) await call();
    return performance.now() - start;
  };
}

/** As {@link timed}, for a call that is over when it returns: nothing is awaited in between. */
export function timedSync(call: () => void): Candidate["run"] {
  return (count) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) call();
    return performance.now() - start;
  };
}

/** How long one round of a candidate should last. */
const ROUND_MS = 150;

/** Warms a candidate up, and says how often it must run for a round to last long enough. */
async function calibrate({ run }: Candidate): Promise<number> {
  await run(1);
  const both = await run(2);
  return Math.max(1, Math.ceil((2 * ROUND_MS) / Math.max(both, 1e-3)));
}

/**
 * Times all candidates in turn, `rounds` times over.
 *
 * @returns One timing for each, in the order of the candidates.
 */
export async function interleave(candidates: readonly Candidate[], rounds = 9): Promise<Timing[]> {
  const counts: number[] = [];
  for (const candidate of candidates) counts.push(await calibrate(candidate));
  const times = candidates.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      times[i]!.push((await candidate.run(counts[i]!)) / counts[i]!);
    }
  }
  return candidates.map(({ name }, i) => ({
    name,
    median: median(times[i]!),
    min: Math.min(...times[i]!),
    max: Math.max(...times[i]!),
  }));
}
