import { createHash } from "node:crypto";
import { checkNonNegativeFloats, DomainError } from "@sd/math";
import type { ImageDataset } from "./dataset.ts";

// What float32 rows of many classes may miss 1 by.
const TOLERANCE = 1e-3;

/**
 * A data set with soft labels, such as people's votes divided by their number. Its hard labels stay.
 *
 * @param dataset - Not changed.
 * @param labelTargets - `[n, classes]`, rows on the simplex; kept by reference.
 * @returns A data set with a checksum of its own.
 * @throws {@link DomainError} on a row that does not sum to 1 within 1e-3; {@link ShapeError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { withLabelTargets } from "@sd/data";
 *
 * const dataset = {
 *   name: "toy",
 *   images: Uint8Array.of(0, 255),
 *   labels: Int32Array.of(0, 1),
 *   shape: [2, 1, 1, 1],
 *   classes: 2,
 *   checksum: "",
 * } as const;
 * const votes = [9, 3, 0, 4];
 * const shares = Float32Array.from(votes, (v, j) => v / (votes[j - (j % 2)]! + votes[j - (j % 2) + 1]!));
 * console.log(withLabelTargets(dataset, shares).labelTargets); // Float32Array(4) [ 0.75, 0.25, 0, 1 ]
 * ```
 */
export function withLabelTargets(dataset: ImageDataset, labelTargets: Float32Array): ImageDataset {
  const [n] = dataset.shape;
  const k = dataset.classes;
  checkNonNegativeFloats("withLabelTargets", "labelTargets", labelTargets, n * k, [n, k]);
  for (let i = 0; i < n; i++) {
    const total = labelTargets.subarray(i * k, (i + 1) * k).reduce((a, b) => a + b, 0);
    if (Math.abs(total - 1) > TOLERANCE) {
      const detail = `to have rows that sum to 1, got ${total} in row ${i}`;
      throw new DomainError("withLabelTargets", "labelTargets", detail);
    }
  }
  const { buffer, byteOffset, byteLength } = labelTargets;
  const checksum = createHash("sha256")
    .update(dataset.checksum)
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");
  return { ...dataset, labelTargets, checksum };
}
