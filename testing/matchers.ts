// `expect(actual).toBeAllclose(expected, { rtol, atol })`: numpy's rule |actual - expected| <= atol + rtol |expected|, element by element.
import { expect } from "vitest";

export type Numbers = number | ArrayLike<number>;

export interface Tolerance {
  /** Relative to the expected value. @defaultValue 1e-12 */
  readonly rtol?: number;
  /** @defaultValue 0 */
  readonly atol?: number;
}

declare module "vitest" {
  // The type parameters of vitest's own interface, which this one merges with.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    toBeAllclose(expected: Numbers, tolerance?: Tolerance): R & (T extends never ? never : unknown);
  }
}

const listOf = (x: Numbers): ArrayLike<number> => (typeof x === "number" ? [x] : x);

expect.extend({
  toBeAllclose(received: Numbers, expected: Numbers, { rtol = 1e-12, atol = 0 }: Tolerance = {}) {
    const actual = listOf(received);
    const wanted = listOf(expected);
    if (actual.length !== wanted.length) {
      return {
        pass: false,
        message: () => `expected ${wanted.length} numbers, got ${actual.length}`,
      };
    }
    let worst = -1;
    let excess = 0;
    for (let i = 0; i < wanted.length; i++) {
      const [a, b] = [actual[i]!, wanted[i]!];
      if (Object.is(a, b) || a === b) continue;
      const over = Math.abs(a - b) - (atol + rtol * Math.abs(b));
      // A NaN against a number, or unequal infinities, is never close.
      const bad =
        Number.isNaN(over) || !Number.isFinite(a) || !Number.isFinite(b) ? Infinity : over;
      if (bad > excess) [worst, excess] = [i, bad];
    }
    return {
      pass: worst < 0,
      message: () =>
        worst < 0
          ? `expected the numbers to differ by more than rtol ${rtol}, atol ${atol}`
          : `element ${worst}: expected ${wanted[worst]}, got ${actual[worst]} (rtol ${rtol}, atol ${atol})`,
    };
  },
});
