// Σ exp over a row. The engine's `Math.exp` is a call that takes twice as long.
import type { FloatArray } from "../types.ts";

/** exp(d) = 2^n · 2^(j/PARTS) · e^f with d = (PARTS · n + j) ln2/PARTS + f, |f| ≤ ln2/64. */
const PARTS = 32;
const PER_UNIT = 46.16624130844683;
/** ln2/32 in two pieces: the first has so few bits that its product with 32 n + j is exact. */
const STEP = 0.021660834550857544;
const STEP_REST = 1.4841640746973977e-8;
/** What is added to it and subtracted again is rounded to an integer. */
const MAGIC = 6_755_399_441_055_744;
/** Beside the row's largest term, which is 1, the terms below are nothing: 2^−1021 and less. */
const LOWEST = -708;
const LOWEST_EXPONENT = -1022;
// Pure, arguments included (plain numbers), for a bundle without this function to leave them out.
const FRACTIONS: Float64Array = /* @__PURE__ */ Float64Array.from(
  { length: PARTS },
  (_, j) => 2 ** (j / PARTS),
);
const POWERS: Float64Array = /* @__PURE__ */ Float64Array.from(
  { length: 1023 },
  (_, i) => 2 ** (LOWEST_EXPONENT + i),
);

/**
 * `Σ_c exp((f_ic − max) / T)` of row `i` for its largest element, each term within 1 ulp; unchecked.
 *
 * NaN where the row has NaN, or an infinite maximum.
 */
export function rowSumExp(
  x: FloatArray,
  i: number,
  k: number,
  max: number,
  temperature = 1,
): number {
  let total = 0;
  for (let j = i * k; j < (i + 1) * k; j++) {
    const d = (x[j]! - max) / temperature;
    if (d < LOWEST) continue;
    const m = d * PER_UNIT + MAGIC - MAGIC;
    const f = d - m * STEP - m * STEP_REST;
    const f2 = f * f;
    // e^f − 1 by its Taylor terms through f^6.
    const excess = f + f2 * (0.5 + f * (1 / 6) + f2 * (1 / 24 + f * (1 / 120) + f2 * (1 / 720)));
    const steps = m | 0;
    const fraction = FRACTIONS[steps & (PARTS - 1)]!;
    total += (fraction + fraction * excess) * POWERS[(steps >> 5) - LOWEST_EXPONENT]!;
  }
  return total;
}
