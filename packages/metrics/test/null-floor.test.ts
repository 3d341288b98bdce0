import { describe, expect, test } from "vitest";
import { binOf } from "../src/bin-sums.ts";
import { calibrationNullFloor } from "../src/index.ts";

/** Two-class logits whose confidence is c. */
const confident = (...c: number[]): Float64Array =>
  Float64Array.from(c.flatMap((p) => [Math.log(p), Math.log(1 - p)]));

describe("null floor", () => {
  test("near its normal approximation, deterministic", () => {
    const c = Array.from({ length: 2000 }, (_, i) => 0.5 + (i % 500) / 1001);
    const [logits, labels, shape] = [confident(...c), new Int32Array(2000), [2000, 2]];
    const floor = calibrationNullFloor(logits, labels, shape, { seed: 1 });
    const spread = new Float64Array(15);
    for (const p of c) spread[binOf(p, 15)]! += p * (1 - p);
    const approximation =
      (Math.sqrt(2 / Math.PI) * spread.reduce((a, v) => a + Math.sqrt(v), 0)) / 2000;
    // 1000 draws give the mean to about 1 %.
    expect(floor.mean).toBeAllclose(approximation, { rtol: 0.03 });
    expect(floor.median).toBeLessThan(floor.upper);
    expect(calibrationNullFloor(logits, labels, shape, { seed: 1 })).toEqual(floor);
  });

  test("certain rows have none", () => {
    const logits = Float64Array.of(800, 0, 800, 0);
    expect(calibrationNullFloor(logits, Int32Array.of(0, 1), [2, 2], { seed: 1 })).toEqual({
      mean: 0,
      median: 0,
      upper: 0,
    });
  });
});
