import { checkNumber } from "@sd/math";

/**
 * Holm's step-down correction: p-values that hold for a whole family of comparisons.
 *
 * The i-th smallest of m becomes the largest of `min(1, (m − j + 1) p_(j))` over j ≤ i.
 *
 * @param pValues - In [0, 1]; NaN stays NaN and is no part of the family.
 * @returns In the same order.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 *
 * Reference: Holm 1979, "A simple sequentially rejective multiple test procedure".
 *
 * @example
 * ```ts
 * import { holm } from "@sd/metrics";
 *
 * console.log(holm([0.01, 0.04, 0.02])); // [ 0.03, 0.04, 0.04 ]
 * ```
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].filter((i) => !Number.isNaN(pValues[i]));
  for (const i of order) checkNumber("holm", "pValues", pValues[i]!, { min: 0, max: 1 });
  order.sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = pValues.map(() => Number.NaN);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * pValues[i]!));
    adjusted[i] = largest;
  });
  return adjusted;
}
