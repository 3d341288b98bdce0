import { expectedCalibrationError, fitTemperature, mcNemarTest, seedInterval } from "@sd/metrics";
import { listRuns, type RunRecord, readRun } from "@sd/runs";
import { describe, expect, test } from "vitest";
import { METRICS, resultsTable } from "../src/index.ts";
import { FOUR, type SyntheticRun, writeRuns } from "./synthetic-runs.ts";

const OPTIONS = { resamples: 100 };
/** What has no bootstrap interval. */
const PLAIN = ["imagesPerSecond", "eceFloor", "eceFloorScaled"];

async function recordsOf(runs: readonly SyntheticRun[]): Promise<RunRecord[]> {
  return Promise.all((await listRuns(await writeRuns(runs))).map(readRun));
}

describe("one seed", () => {
  test("a row a method, the baseline first, every number with its interval", async () => {
    const records = await recordsOf(FOUR);
    const rows = await resultsTable(records, OPTIONS);
    expect(rows.map(({ label }) => label)).toEqual([
      "cross-entropy",
      "beta smoothing",
      "label smoothing",
      "self-distillation",
    ]);
    expect(rows.map(({ baseline }) => baseline)).toEqual([true, false, false, false]);
    for (const row of rows) {
      expect(row.intervals).toBe("bootstrap");
      expect(Object.keys(row.metrics)).toEqual(METRICS.map(({ name }) => name));
      for (const { name } of METRICS.filter((metric) => !PLAIN.includes(metric.name))) {
        const { value, interval } = row.metrics[name];
        expect(Number.isFinite(value), name).toBe(true);
        expect(interval![0] <= interval![1], name).toBe(true);
      }
    }
  });

  test("numbers are those of @sd/metrics, the temperature that of the validation split", async () => {
    const records = await recordsOf(FOUR.slice(1, 2));
    const [row] = await resultsTable(records, OPTIONS);
    const validation = await records[0]!.predictions("validation");
    const { temperature } = fitTemperature(validation.logits, validation.labels, validation.shape);
    const { logits, labels, shape } = await records[0]!.predictions("test");
    expect(row!.temperatures).toEqual([temperature]);
    expect(row!.metrics.ece.value).toBeAllclose(expectedCalibrationError(logits, labels, shape));
    expect(row!.metrics.eceScaled.value).toBeAllclose(
      expectedCalibrationError(logits, labels, shape, { temperature }),
    );
    // Epochs of 1000, 1010, … 1050 images/s; the first warms up.
    expect(row!.metrics.imagesPerSecond).toEqual({ value: 1030, separate: false });
  });

  test("accuracy is compared with the baseline's on the same images", async () => {
    const records = await recordsOf(FOUR);
    const rows = await resultsTable(records, OPTIONS);
    const correct = async (method: string): Promise<number[]> => {
      const record = records.find(({ folder }) => folder.includes(method))!;
      const { logits, labels, shape } = await record.predictions("test");
      return Array.from(labels, (label, i) => {
        const row = [...logits.subarray(i * shape[1], (i + 1) * shape[1])];
        return row.indexOf(Math.max(...row)) === label ? 1 : 0;
      });
    };
    const { pValue } = mcNemarTest(await correct("beta-smoothing"), await correct("cross-entropy"));
    expect(rows[0]).not.toHaveProperty("comparison");
    expect(rows[1]!.comparison).toEqual({
      difference: rows[1]!.metrics.accuracy.value - rows[0]!.metrics.accuracy.value,
      test: "mcnemar",
      pValue,
    });
  });

  test("a value is separate only if its interval lies on the better side", async () => {
    const large = FOUR.map((run) => ({ ...run, n: 1000 }));
    const rows = await resultsTable(await recordsOf(large), OPTIONS);
    const [baseline, best] = [rows[0]!.metrics, rows[1]!.metrics];
    expect(best.accuracy.interval![0]).toBeGreaterThan(baseline.accuracy.interval![1]);
    expect(best.accuracy.separate).toBe(true);
    // Its calibration error as trained is the larger one.
    expect(best.ece.separate).toBe(false);
    expect(best.predictiveUncertainty.separate).toBe(false);
  });

  test("other test images give no comparison", async () => {
    const rows = await resultsTable(await recordsOf([FOUR[1]!, { ...FOUR[0]!, n: 200 }]), OPTIONS);
    expect(rows[1]).not.toHaveProperty("comparison");
  });
});

describe("several seeds", () => {
  test("means and Student's intervals over seeds, paired differences", async () => {
    const seeds = [2, 0, 1];
    const runs = [FOUR[0]!, FOUR[1]!].flatMap((run) => seeds.map((seed) => ({ ...run, seed })));
    const records = await recordsOf(runs);
    const rows = await resultsTable(records);
    expect(rows.map((row) => row.seeds)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    const single = await Promise.all(
      records.slice(3).map(async (record) => (await resultsTable([record], OPTIONS))[0]!),
    );
    const values = single.map((row) => row.metrics.accuracy.value);
    const { mean, interval } = seedInterval(values);
    expect(rows[0]!.intervals).toBe("seeds");
    expect(rows[0]!.metrics.accuracy).toEqual({ value: mean, interval, separate: false });
    expect(rows[1]!.comparison).toMatchObject({ test: "paired seeds" });
    expect(rows[1]!.comparison!.difference).toBeAllclose(rows[1]!.metrics.accuracy.value - mean);
    expect(rows[1]!.comparison).not.toHaveProperty("pValue");
  });
});

describe("groups", () => {
  test("settings part runs of one name, and are told in the label", async () => {
    const runs = [
      { name: "cross-entropy" },
      { name: "ls", label: "label smoothing", seed: 0, options: { epsilon: 0.1 } },
      { name: "ls", label: "label smoothing", seed: 1, options: { epsilon: 0.2 } },
    ];
    const rows = await resultsTable(await recordsOf(runs), OPTIONS);
    expect(rows.map(({ label }) => label)).toEqual([
      "cross-entropy",
      "label smoothing (epsilon 0.1)",
      "label smoothing (epsilon 0.2)",
    ]);
  });

  test("the baseline can be named; unfinished runs are left out", async () => {
    const runs = [...FOUR, { name: "other", state: "failed" as const }];
    const rows = await resultsTable(await recordsOf(runs), {
      ...OPTIONS,
      baseline: "label-smoothing",
    });
    expect(rows.map(({ method }) => method)).toEqual([
      "label-smoothing",
      "beta-smoothing",
      "cross-entropy",
      "self-distillation",
    ]);
  });

  test("no finished run, no row", async () => {
    expect(await resultsTable([])).toEqual([]);
  });
});
