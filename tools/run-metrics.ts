// `node --conditions=@sd/source tools/run-metrics.ts FOLDER`: every metric of a finished run's test predictions, as JSON;
// what recompute-metrics.py compares itself with.
import {
  areaUnderRoc,
  brierDecomposition,
  classwiseCalibrationError,
  confidenceDiversity,
  debiasedCalibrationError,
  equalMassCalibrationError,
  falsePositiveRateAt95,
  maximumCalibrationError,
  riskCoverage,
  rootMeanSquareCalibrationError,
  smoothCalibrationError,
  topKAccuracy,
} from "../packages/metrics/src/index.ts";
import { resultsTable } from "../packages/report/src/index.ts";
import { type RunRecord, readRun } from "../packages/runs/src/index.ts";

/** The calibration null floors are of draws of our own, and speed and time are no metrics of the predictions. */
const NOT_OF_PREDICTIONS = ["eceFloor", "eceFloorScaled", "imagesPerSecond", "trainingTime"];

/** Every metric by its name. */
export async function runMetrics(record: RunRecord): Promise<Record<string, number>> {
  const [row] = await resultsTable([record], { resamples: 2 });
  if (row === undefined) throw new Error(`${record.folder}: not a finished run`);
  const reported = Object.entries(row.metrics)
    .filter(([name]) => !NOT_OF_PREDICTIONS.includes(name))
    .map(([name, { value }]): [string, number] => [name, value]);
  const { logits, labels, shape } = await record.predictions("test");
  const args = [logits, labels, shape] as const;
  const { confidence, correct } = decisions(logits, labels, shape);
  const { area, excess } = riskCoverage(...args);
  const { entropy } = confidenceDiversity(...args, { space: "probability", estimator: "vasicek" });
  const { reliability, resolution, uncertainty } = brierDecomposition(...args, {
    partition: "predictedClass",
  });
  return {
    temperature: row.temperatures[0]!,
    ...Object.fromEntries(reported),
    ...{ top5: topKAccuracy(...args, { top: 5 }) },
    ...{ rmsce: rootMeanSquareCalibrationError(...args), mce: maximumCalibrationError(...args) },
    equalMass: equalMassCalibrationError(...args),
    classwise: classwiseCalibrationError(...args),
    debiasedSquared: debiasedCalibrationError(...args).squared,
    smooth: smoothCalibrationError(...args),
    ...{ aurc: area, excessAurc: excess },
    auroc: areaUnderRoc(confidence, correct),
    fpr95: falsePositiveRateAt95(confidence, correct),
    ...{ reliability, resolution, uncertainty, vasicek: entropy },
  };
}

/** The largest probability of each row, and whether its class is the label. */
function decisions(logits: Float32Array, labels: Int32Array, [n, k]: readonly [number, number]) {
  const confidence = new Float64Array(n);
  const correct = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * k, (i + 1) * k);
    const largest = Math.max(...row);
    confidence[i] = 1 / row.reduce((sum, f) => sum + Math.exp(f - largest), 0);
    correct[i] = row.indexOf(largest) === labels[i] ? 1 : 0;
  }
  return { confidence, correct };
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("expected the folder of a finished run");
  const metrics = await runMetrics(await readRun(folder));
  process.stdout.write(`${JSON.stringify(metrics, null, 2)}\n`);
}
