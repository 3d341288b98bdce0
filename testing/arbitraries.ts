// What the property tests of several packages draw from. Floats are built from bits by fast-check, so ±0, subnormals and extremes occur.
import fc from "fast-check";

/** One row-major batch of logits with labels. */
export interface Rows {
  readonly n: number;
  readonly k: number;
  readonly logits: Float64Array;
  readonly labels: Int32Array;
  readonly shape: readonly [number, number];
}

/** A finite double in [-bound, bound]. */
export const finite = (bound = 50): fc.Arbitrary<number> =>
  fc.double({ min: -bound, max: bound, noNaN: true, noDefaultInfinity: true });

/** `[n, k]` logits with n in 1..maxRows, k in 2..maxClasses, and a label a row. */
export const rows = ({
  maxRows = 6,
  maxClasses = 7,
  bound = 30,
}: {
  readonly maxRows?: number;
  readonly maxClasses?: number;
  readonly bound?: number;
} = {}): fc.Arbitrary<Rows> =>
  fc
    .tuple(fc.integer({ min: 1, max: maxRows }), fc.integer({ min: 2, max: maxClasses }))
    .chain(([n, k]) =>
      fc.record({
        n: fc.constant(n),
        k: fc.constant(k),
        logits: fc
          .array(finite(bound), { minLength: n * k, maxLength: n * k })
          .map((x) => Float64Array.from(x)),
        labels: fc
          .array(fc.integer({ min: 0, max: k - 1 }), { minLength: n, maxLength: n })
          .map((x) => Int32Array.from(x)),
        shape: fc.constant([n, k] as const),
      }),
    );

/** A row of k probabilities, strictly positive. */
export const simplex = (k: number): fc.Arbitrary<Float64Array> =>
  fc
    .array(fc.double({ min: 1e-3, max: 1, noNaN: true }), { minLength: k, maxLength: k })
    .map((x) => {
      const sum = x.reduce((a, b) => a + b, 0);
      return Float64Array.from(x, (v) => v / sum);
    });
