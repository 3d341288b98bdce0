import {
  expectedCalibrationError,
  fitTemperature,
  holm,
  mcNemarTest,
  negativeLogLikelihood,
  pairedBootstrap,
  riskCoverage,
  seedInterval,
  type WeightedStatistic,
  weightedMean,
} from "@sd/metrics";
import { listRuns, type RunRecord, readRun } from "@sd/runs";
import { describe, expect, test } from "vitest";
import { type LeftOut, METRICS, resultsTable } from "../src/index.ts";
import { FOUR, type SyntheticRun, writeRuns } from "./synthetic-runs.ts";

const OPTIONS = { resamples: 100 };
/** What has no bootstrap interval. */
const PLAIN = ["imagesPerSecond", "trainingTime", "eceFloor", "eceFloorScaled"];

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
    expect(row!.metrics.trainingTime).toEqual({ value: 6, separate: false });
    expect(row!.metrics.aurc.value).toBeAllclose(riskCoverage(logits, labels, shape).area);
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
    for (const { difference } of Object.values(rows[0]!.metrics))
      expect(difference).toBe(undefined);
    const { difference } = rows[1]!.metrics.accuracy;
    expect(difference!.pValue).toBe(pValue);
    expect(difference!.difference).toBe(
      rows[1]!.metrics.accuracy.value - rows[0]!.metrics.accuracy.value,
    );
    expect(difference).toMatchObject({ pairedBy: "images", pairs: 300 });
  });

  test("every metric with a better side is compared on the same resamples", async () => {
    const records = await recordsOf(FOUR.slice(0, 2));
    const rows = await resultsTable(records, OPTIONS);
    const losses = async (method: string): Promise<WeightedStatistic> => {
      const record = records.find(({ folder }) => folder.includes(method))!;
      const { logits, labels, shape } = await record.predictions("test");
      const k = shape[1];
      return weightedMean(
        Array.from(labels, (label, i) => {
          const row = logits.subarray(i * k, (i + 1) * k);
          return negativeLogLikelihood(row, Int32Array.of(label), [1, k]);
        }),
      );
    };
    const expected = pairedBootstrap(
      await losses("beta-smoothing"),
      await losses("cross-entropy"),
      300,
      { resamples: 100, seed: 0 },
    );
    const { difference } = rows[1]!.metrics.nll;
    expect(difference!.difference).toBeAllclose(expected.difference);
    expect(difference!.interval).toBeAllclose(expected.interval);
    expect(difference!.pValue).toBe(expected.pValue);
    const compared = METRICS.filter(({ name }) => rows[1]!.metrics[name].difference);
    expect(compared).toEqual(METRICS.filter(({ better }) => better !== null));
  });

  test("p-values are corrected by Holm over the methods of a metric", async () => {
    const rows = await resultsTable(await recordsOf(FOUR), OPTIONS);
    const differences = rows.slice(1).map(({ metrics }) => metrics.ece.difference!);
    expect(differences.map(({ adjustedPValue }) => adjustedPValue)).toEqual(
      holm(differences.map(({ pValue }) => pValue)),
    );
  });

  test("a value is separate only if the interval of its difference lies on the better side", async () => {
    const large = FOUR.map((run) => ({ ...run, n: 1000 }));
    const rows = await resultsTable(await recordsOf(large), OPTIONS);
    const best = rows[1]!.metrics;
    expect(best.accuracy.difference!.interval[0]).toBeGreaterThan(0);
    expect(best.accuracy.separate).toBe(true);
    // Its calibration error as trained is the larger one.
    expect(best.ece.difference!.interval[0]).toBeGreaterThan(0);
    expect(best.ece.separate).toBe(false);
    expect(best.predictiveUncertainty.separate).toBe(false);
  });

  test("other test images give no comparison", async () => {
    const rows = await resultsTable(await recordsOf([FOUR[1]!, { ...FOUR[0]!, n: 200 }]), OPTIONS);
    expect(rows[1]!.metrics.accuracy).not.toHaveProperty("difference");
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
    const baseline = await Promise.all(
      records.slice(0, 3).map(async (record) => (await resultsTable([record], OPTIONS))[0]!),
    );
    const others = baseline.map((row) => row.metrics.accuracy.value);
    // The three differences by hand: mean, and t with two degrees of freedom.
    const gaps = others.map((value, s) => value - values[s]!);
    const average = (gaps[0]! + gaps[1]! + gaps[2]!) / 3;
    const spread = Math.sqrt(gaps.reduce((sum, d) => sum + (d - average) ** 2, 0) / 2 / 3);
    const { difference } = rows[1]!.metrics.accuracy;
    expect(difference).toMatchObject({ pairedBy: "seeds", pairs: 3 });
    expect(difference!.difference).toBeAllclose(average);
    expect(difference!.interval[0]).toBeAllclose(average - 4.302652729911275 * spread, {
      rtol: 1e-9,
      atol: 0,
    });
    const t = average / spread;
    expect(difference!.pValue).toBeAllclose(1 - t / Math.sqrt(2 + t * t), { rtol: 1e-9, atol: 0 });
  });

  test("seeds that both have are paired; one alone is not", async () => {
    const of = (run: SyntheticRun, seeds: readonly number[]) =>
      seeds.map((seed) => ({ ...run, seed }));
    const two = [...of(FOUR[0]!, [0, 1, 2]), ...of(FOUR[1]!, [1, 2, 3])];
    const rows = await resultsTable(await recordsOf(two));
    expect(rows[1]!.metrics.nll.difference).toMatchObject({ pairs: 2 });
    const one = [...of(FOUR[0]!, [0, 1]), ...of(FOUR[1]!, [1, 2])];
    const none = await resultsTable(await recordsOf(one));
    expect(none[1]!.metrics.nll).not.toHaveProperty("difference");
  });

  test("the same configuration and seed a second time is left out", async () => {
    const left: LeftOut[] = [];
    const runs = [FOUR[1]!, { ...FOUR[1]!, folder: "again" }, { ...FOUR[1]!, seed: 1 }];
    const rows = await resultsTable(await recordsOf(runs), { onLeftOut: (one) => left.push(one) });
    expect(rows[0]!.seeds).toEqual([0, 1]);
    expect(left.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^the same configuration and seed as .*again$/),
    ]);
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

  test("a baseline that no run has is an error that names what there is", async () => {
    const results = resultsTable(await recordsOf(FOUR), { baseline: "focal" });
    await expect(results).rejects.toMatchObject({ code: "NO_BASELINE" });
    await expect(results).rejects.toThrow(
      "expected the method of a finished run (beta-smoothing, cross-entropy, label-smoothing, self-distillation), got focal",
    );
  });

  test("no finished run, no row", async () => {
    expect(await resultsTable([])).toEqual([]);
  });
});
