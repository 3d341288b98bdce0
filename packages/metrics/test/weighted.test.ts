import { describe, expect, test } from "vitest";
import type { WeightedStatistic } from "../src/index.ts";
import { rowStatistics } from "../src/rows.ts";
import { weightedDiversity, weightedEce, weightedVariance } from "../src/weighted.ts";
import { LABELS, LOGITS, SHAPE } from "./reference.ts";

const [n, k] = SHAPE as [number, number];

/** The statistic on rows copied out `weights[i]` times, each counted once. */
function onCopies(
  weights: Int32Array,
  build: (rows: ReturnType<typeof rowStatistics>) => WeightedStatistic,
): number {
  const chosen = Array.from(weights).flatMap((w, i) => new Array<number>(w).fill(i));
  const logits = Float64Array.from(chosen.flatMap((i) => [...LOGITS.subarray(i * k, (i + 1) * k)]));
  const labels = Int32Array.from(chosen, (i) => LABELS[i]!);
  const rows = rowStatistics(logits, labels, chosen.length, k);
  return build(rows)(new Int32Array(chosen.length).fill(1));
}

describe.each<[string, (rows: ReturnType<typeof rowStatistics>) => WeightedStatistic]>([
  ["weightedEce", (rows) => weightedEce(rows, 15)],
  ["weightedVariance", (rows) => weightedVariance(rows.confidence)],
  ["weightedDiversity", (rows) => weightedDiversity(rows)],
])("%s", (_, build) => {
  const statistic = build(rowStatistics(LOGITS, LABELS, n, k));

  test.each([
    ["a resample", Int32Array.from({ length: n }, (_, i) => [0, 2, 1, 1, 0, 2][i % 6]!)],
    ["a row left out", Int32Array.from({ length: n }, (_, i) => (i === 7 ? 0 : 1))],
    ["more rows than the sample", Int32Array.from({ length: n }, (_, i) => 1 + (i % 3))],
  ])("%s counts as its copies", (_, weights) => {
    expect(statistic(weights)).toBeAllclose(onCopies(weights, build), { rtol: 1e-11 });
  });
});
