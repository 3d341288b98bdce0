// The accumulator with the SIMD kernels against itself with the JavaScript kernel.
import { predictionsInto } from "@sd/math/kernels";
import { createRng, normal } from "@sd/math/random";
import { loadSimdKernels } from "@sd/math/simd";
import { describe, expect, test } from "vitest";
import { CalibrationAccumulator } from "../src/index.ts";

const simd = await loadSimdKernels();
const CELLS = 7200;

/** Rows of a classifier that is right more often than not, some with ties or sure beyond doubt. */
function ordinaryRows(n: number, k: number) {
  const rng = createRng(7).fork("rows", k);
  const labels = Int32Array.from({ length: n }, (_, i) => (i * 7) % k);
  const logits = Float32Array.from({ length: n * k }, () => 2 * normal(rng));
  for (let i = 0; i < n; i++) {
    if (i % 50 === 0) logits.fill(1, i * k, (i + 1) * k);
    logits[i * k + labels[i]!]! += i % 50 === 1 ? 1000 : 4 * (i % 2);
  }
  return { logits, labels, shape: [n, k] };
}

function accumulate(
  { logits, labels, shape }: ReturnType<typeof ordinaryRows>,
  ...options: ConstructorParameters<typeof CalibrationAccumulator>
): CalibrationAccumulator {
  const accumulator = new CalibrationAccumulator(...options);
  accumulator.update(logits, labels, shape);
  return accumulator;
}

describe.each([2, 10, 101, 1000])("with SIMD kernels, %i classes", (k) => {
  const n = Math.min(20_000, 1000 * Math.floor(1000 / k));
  const rows = ordinaryRows(n, k);
  const [plain, fast] = [accumulate(rows), accumulate(rows, { kernels: simd })];

  test("the errors are within 3e-9, and the counts of the bins and the accuracy are the same", () => {
    for (const bins of [1, 10, 15, 100]) {
      const [a, b] = [plain.reliabilityDiagram(bins), fast.reliabilityDiagram(bins)];
      expect(b.map(({ count }) => count)).toEqual(a.map(({ count }) => count));
      expect(b.map(({ accuracy }) => accuracy)).toEqual(a.map(({ accuracy }) => accuracy));
      const difference = fast.expectedCalibrationError(bins) - plain.expectedCalibrationError(bins);
      expect(Math.abs(difference)).toBeLessThanOrEqual(3e-9);
    }
    expect(fast.accuracy()).toBe(plain.accuracy());
    expect(Math.abs(fast.meanConfidence() - plain.meanConfidence())).toBeLessThanOrEqual(3e-9);
  });

  test("no row changes its cell but where an edge is within 3e-9 of its confidence", () => {
    const [confidence, correct] = [new Float64Array(n), new Uint8Array(n)];
    predictionsInto(confidence, correct, rows.logits, rows.labels, n, k);
    const close = confidence.filter((c) => Math.abs(c - Math.round(c * CELLS) / CELLS) <= 3e-9 * c);
    const counts = (x: CalibrationAccumulator): Map<number, number> =>
      new Map(x.toJSON().filled.map(([cell, count]) => [cell, count]));
    const [a, b] = [counts(plain), counts(fast)];
    let moved = 0;
    for (let cell = 0; cell < CELLS; cell++) {
      moved += Math.abs((a.get(cell) ?? 0) - (b.get(cell) ?? 0)) / 2;
    }
    // Ties and saturated rows lie on an edge, and stay on their side of it.
    expect(close.length).toBeGreaterThanOrEqual(n / 50);
    const others = close.filter((c) => c !== 1 && c !== 1 / k);
    expect(moved).toBeLessThanOrEqual(others.length);
  });
});

describe("kernels as an option", () => {
  test("is asked for blocks of at most 1024 rows and 2^17 logits, or one row", () => {
    const sizes: number[][] = [];
    const kernels = {
      predictionsInto: (...args: Parameters<typeof predictionsInto>) => {
        sizes.push([args[4], args[5]]);
        predictionsInto(...args);
      },
    };
    for (const [n, k] of [
      [2050, 2],
      [300, 1000],
      [2, 200_000],
    ] as const) {
      accumulate(
        { logits: new Float32Array(n * k), labels: new Int32Array(n), shape: [n, k] },
        { kernels },
      );
    }
    const [two, thousand, wide] = [2, 1000, 200_000].map((k) =>
      sizes.filter(([, of]) => of === k).map(([n]) => n),
    );
    expect(two).toEqual([1024, 1024, 2]);
    expect(thousand).toEqual([131, 131, 38]);
    expect(wide).toEqual([1, 1]);
  });

  test("is taken by fromJSON too", () => {
    let calls = 0;
    const kernels = { predictionsInto: () => void calls++ };
    const json = new CalibrationAccumulator().toJSON();
    const accumulator = CalibrationAccumulator.fromJSON(json, { kernels });
    accumulator.update(Float32Array.of(1, 2), Int32Array.of(0), [1, 2]);
    expect(calls).toBe(1);
  });
});
