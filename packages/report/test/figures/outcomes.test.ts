// What figures show, on six images whose numbers can be worked out by hand.
import type { Predictions, RunRecord } from "@sd/runs";
import { describe, expect, test } from "vitest";
import type { Series } from "../../src/figures/figure.ts";
import { type Outcome, outcomeOf, risksByCount } from "../../src/figures/outcomes.ts";
import { reliabilityDiagrams } from "../../src/figures/reliability.ts";
import { riskCoverageCurves } from "../../src/figures/risk-coverage.ts";
import { hardestImages, picturesOf } from "../../src/hardest.ts";
import type { ResultRow } from "../../src/index.ts";
import { rowValues } from "../../src/row-values.ts";

/** Two classes; the first has probability p. */
const predictionsOf = (
  probabilities: readonly number[],
  labels: readonly number[],
): Predictions => ({
  logits: Float32Array.from(probabilities.flatMap((p) => [Math.log(p / (1 - p)), 0])),
  labels: Int32Array.from(labels),
  shape: [labels.length, 2],
});

const record = (predictions: Predictions): RunRecord =>
  ({
    folder: "/run",
    manifest: {},
    config: {},
    splits: async () => ["test"],
    predictions: async () => predictions,
  }) as unknown as RunRecord;

const seriesOf = (
  label: string,
  runs: readonly Predictions[],
  temperatures: number[] = [],
): Series => ({
  ...{ label, colour: "#000000", records: runs.map(record) },
  row: {
    folders: runs.map((_, i) => `/run-${i}`),
    temperatures,
    metrics: { aurc: { value: 0.25, separate: false } },
  } as unknown as ResultRow,
});

const HOW = { split: "test", bins: 2, resamples: 200, seed: 0 };
// Confidences 0.6, 0.7, 0.8, 0.9 and wrong for the second and the fourth.
const FOUR = predictionsOf([0.6, 0.7, 0.2, 0.1], [0, 1, 1, 0]);

const outcome = (runs: readonly Predictions[], temperatures?: number[]): Promise<Outcome> =>
  outcomeOf(seriesOf("a", runs, temperatures), HOW);

describe("reliability", () => {
  test("counts, mean confidence and accuracy of each bin", async () => {
    const { plain, rows } = await outcome([FOUR]);
    expect(rows).toBe(4);
    expect(plain.map(({ count }) => count)).toEqual([0, 4]);
    expect(plain[1]!.confidence).toBeAllclose(0.75, { rtol: 1e-6, atol: 0 });
    expect(plain[1]!.accuracy).toBe(0.5);
    expect(plain[0]!.accuracy).toBeNaN();
  });

  test("the band holds the accuracy, and is a point where all are right", async () => {
    const { plain } = await outcome([FOUR]);
    expect(plain[1]!.low).toBeLessThan(0.5);
    expect(plain[1]!.high).toBeGreaterThan(0.5);
    const [, right] = (await outcome([predictionsOf([0.9, 0.8], [0, 0])])).plain;
    expect([right!.low, right!.high]).toEqual([1, 1]);
  });

  test("seeds are pooled; temperatures need be there for all of them", async () => {
    const two = await outcome([FOUR, predictionsOf([0.6, 0.7, 0.2, 0.1], [0, 0, 1, 1])]);
    expect(two.plain[1]).toMatchObject({ count: 8, accuracy: 0.75 });
    expect(two.scaled).toBeUndefined();
    const scaled = await outcome([FOUR], [0.5]);
    // Odds are squared: 0.6 becomes 0.36/0.52.
    const odds = [0.6, 0.7, 0.8, 0.9].map((p) => p ** 2 / (p ** 2 + (1 - p) ** 2));
    const mean = odds.reduce((a, b) => a + b, 0) / 4;
    expect(scaled.scaled![1]!.confidence).toBeAllclose(mean, { rtol: 1e-6, atol: 0 });
  });

  test("the figure's data are the bins that hold images", async () => {
    const { spec, table } = reliabilityDiagrams([await outcome([FOUR], [0.5])]);
    expect(table.rows.map((row) => row.slice(0, 5))).toEqual([
      ["a", "as trained", 0.5, 1, 4],
      ["a", "scaled", 0.5, 1, 4],
    ]);
    expect(JSON.stringify(spec)).not.toContain("null,");
  });
});

test("the histogram is of the true class's probability", async () => {
  const { histogram } = await outcome([predictionsOf([0.62, 0.7, 0.2, 0.1], [0, 1, 1, 0])]);
  // 0.62 and 0.8 where right, 0.3 and 0.1 where wrong, in 25 bins.
  expect(histogram.flatMap((share, b) => (share > 0 ? [[b, share]] : []))).toEqual([
    [2, 0.25],
    [7, 0.25],
    [15, 0.25],
    [20, 0.25],
  ]);
});

describe("risk and coverage", () => {
  test("the most confident first", async () => {
    // Wrong, right, wrong, right from the most confident down.
    const expected = [1, 1 / 2, 2 / 3, 1 / 2];
    const { risks } = await outcome([FOUR]);
    expect(risks).toBeAllclose(expected);
    const { table, description } = riskCoverageCurves([await outcome([FOUR])]);
    expect(table.rows.map(([, coverage]) => coverage)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(description).toContain("a, AURC 0.2500");
  });

  test("ties share their errors, seeds their curves", async () => {
    const tied = predictionsOf([0.8, 0.8], [0, 1]);
    expect([...risksByCount(rowValues(tied))]).toEqual([0.5, 0.5]);
    const { risks } = await outcome([tied, predictionsOf([0.9, 0.8], [0, 0])]);
    expect(risks).toEqual([0.25, 0.25]);
  });

  test("a hundred points of a long curve", async () => {
    const many = predictionsOf(
      Array.from({ length: 250 }, (_, i) => 0.5 + i / 600),
      Array.from({ length: 250 }, (_, i) => i % 2),
    );
    const { risks } = await outcome([many]);
    expect(risks).toHaveLength(100);
    expect(risks.at(-1)).toBe(0.5);
  });
});

describe("the hardest images", () => {
  test("by their mean loss, with what each method says", async () => {
    const outcomes = [await outcome([FOUR]), await outcome([FOUR])];
    const [first, second, third] = hardestImages(outcomes, 3);
    expect([first!.row, second!.row, third!.row]).toEqual([3, 1, 0]);
    expect(first!.loss).toBeAllclose(-Math.log(0.1), { rtol: 1e-6, atol: 0 });
    expect(first).toMatchObject({ label: 0, verdicts: [{ predicted: 1 }, { predicted: 1 }] });
    expect(first!.verdicts[0]!.confidence).toBeAllclose(0.9, { rtol: 1e-6, atol: 0 });
    expect(first!.verdicts[0]!.target).toBeAllclose(0.1, { rtol: 1e-6, atol: 0 });
  });

  test("none where methods saw other images", async () => {
    const other = predictionsOf([0.6, 0.7, 0.2, 0.1], [1, 1, 1, 0]);
    expect(hardestImages([await outcome([FOUR]), await outcome([other])])).toEqual([]);
  });

  test("pictures go by the row that they belong to", () => {
    const pixels = Uint8Array.of(1, 2, 3, 4);
    const pictures = picturesOf({ pixels, shape: [2, 1, 2, 1], index: [7, 5] });
    expect([...pictures.keys()]).toEqual([7, 5]);
    expect(pictures.get(7)!.equals(pictures.get(5)!)).toBe(false);
  });
});
