import { expect } from "vitest";

/** What a prior makes of a mixed label must be the mean of what it makes of the classes. */
export function expectLinear(
  prior: (labels: Int32Array | Float64Array) => Float64Array,
  label: Float64Array,
): void {
  const mixed = new Float64Array(label.length);
  label.forEach((share, y) => {
    prior(Int32Array.of(y)).forEach((a, c) => {
      mixed[c]! += share * a;
    });
  });
  expect(prior(label)).toBeAllclose(mixed, { rtol: 1e-12, atol: 1e-15 });
}
