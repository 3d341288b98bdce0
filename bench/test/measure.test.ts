import { describe, expect, test } from "vitest";
import { type Candidate, interleave, median, timed, timedSync } from "../measure.ts";

describe("median", () => {
  test.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 2, 10], 3],
    [[2, 2, 2, 2, 100], 2],
    [[10, 9, 100, 1], 9.5],
  ])("of %j is %d", (values, wanted) => {
    expect(median(values)).toBe(wanted);
  });

  test("leaves its argument in order, and is NaN for none", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
    expect(median([])).toBeNaN();
  });
});

/** A candidate whose runs take what it says, and that notes how often it was asked to run. */
function fake(name: string, log: string[], once: (round: number) => number): Candidate {
  let round = 0;
  return {
    name,
    run: (count) => {
      log.push(`${name}×${count}`);
      // The first two calls are the warm-up.
      return count * once(round++ - 2);
    },
  };
}

describe("interleave", () => {
  test("warms up, sizes the rounds, and takes turns", async () => {
    const log: string[] = [];
    const candidates = [
      fake("slow", log, (round) => 100 + round),
      fake("fast", log, () => 10),
      fake("endless", log, () => 1000),
    ];
    const timings = await interleave(candidates, 3);
    // 150 ms a round: two runs of 99.5 ms (the warm-up), 15 of 10 ms, one of a second.
    const turn = ["slow×2", "fast×15", "endless×1"];
    const warmUp = ["slow", "fast", "endless"].flatMap((name) => [`${name}×1`, `${name}×2`]);
    expect(log).toEqual([...warmUp, ...turn, ...turn, ...turn]);
    expect(timings).toEqual([
      { name: "slow", median: 101, min: 100, max: 102 },
      { name: "fast", median: 10, min: 10, max: 10 },
      { name: "endless", median: 1000, min: 1000, max: 1000 },
    ]);
  });

  test("waits for candidates that are asynchronous, also for those that take no time", async () => {
    let running = 0;
    const run = async (): Promise<number> => {
      expect(running++).toBe(0);
      await Promise.resolve();
      running--;
      return 0;
    };
    const timings = await interleave([{ name: "none", run }], 2);
    expect(timings).toEqual([{ name: "none", median: 0, min: 0, max: 0 }]);
  });
});

describe("timed and timedSync", () => {
  test("run as often as they are told, one after the other", async () => {
    let [calls, running] = [0, 0];
    const call = async (): Promise<void> => {
      expect(running++).toBe(0);
      await Promise.resolve();
      running--;
      calls++;
    };
    expect(await timed(call)(5)).toBeGreaterThanOrEqual(0);
    expect(calls).toBe(5);
    expect(await timedSync(() => void calls++)(3)).toBeGreaterThanOrEqual(0);
    expect(calls).toBe(8);
  });
});
