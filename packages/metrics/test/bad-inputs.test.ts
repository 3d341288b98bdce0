// Every one-shot metric refuses the same wrong arguments in the same way.
import type { FloatArray, IntegerArray, Shape } from "@sd/math";
import { describe, expect, test } from "vitest";
import * as metrics from "../src/index.ts";

type Metric = (logits: FloatArray, labels: IntegerArray, shape: Shape) => unknown;

const METRICS: Record<string, Metric> = {
  accuracy: metrics.accuracy,
  topKAccuracy: metrics.topKAccuracy,
  negativeLogLikelihood: metrics.negativeLogLikelihood,
  brierScore: metrics.brierScore,
  expectedCalibrationError: metrics.expectedCalibrationError,
  rootMeanSquareCalibrationError: metrics.rootMeanSquareCalibrationError,
  maximumCalibrationError: metrics.maximumCalibrationError,
  reliabilityDiagram: metrics.reliabilityDiagram,
  equalMassCalibrationError: metrics.equalMassCalibrationError,
  classwiseCalibrationError: metrics.classwiseCalibrationError,
  debiasedCalibrationError: metrics.debiasedCalibrationError,
  smoothCalibrationError: metrics.smoothCalibrationError,
  riskCoverage: metrics.riskCoverage,
  brierDecomposition: metrics.brierDecomposition,
  fitVectorScaling: metrics.fitVectorScaling,
  metricInterval: (...a) => metrics.metricInterval("accuracy", ...a, { seed: 1 }),
  confidenceDiversity: metrics.confidenceDiversity,
  trueClassProbabilities: metrics.trueClassProbabilities,
  fitTemperature: metrics.fitTemperature,
  evaluateClassifier: metrics.evaluateClassifier,
  calibrationNullFloor: (...a) => metrics.calibrationNullFloor(...a, { seed: 1 }),
  "CalibrationAccumulator.update": (...a) => new metrics.CalibrationAccumulator().update(...a),
};

const LOGITS = new Float32Array(6);
const LABELS = Int32Array.of(0, 2);

describe.each(Object.entries(METRICS))("%s", (name, metric) => {
  test.each<[string, FloatArray, IntegerArray, Shape, string, string]>([
    ["a short array", LOGITS.subarray(1), LABELS, [2, 3], "SHAPE", "logits"],
    ["too many labels", LOGITS, Int32Array.of(0, 1, 2), [2, 3], "SHAPE", "labels"],
    ["an empty shape", LOGITS, LABELS, [], "SHAPE", "shape"],
    ["a label beyond the classes", LOGITS, Int32Array.of(0, 3), [2, 3], "DOMAIN", "labels"],
    ["a negative label", LOGITS, Int32Array.of(-1, 0), [2, 3], "DOMAIN", "labels"],
    ["an ordinary array", [0, 0, 0, 0, 0, 0] as never, LABELS, [2, 3], "TYPE_MISMATCH", "logits"],
    ["float labels", LOGITS, Float32Array.of(0, 2) as never, [2, 3], "TYPE_MISMATCH", "labels"],
  ])("refuses %s", (_, logits, labels, shape, code, argument) => {
    expect(() => metric(logits, labels, shape)).toThrow(
      expect.objectContaining({ code, argument, functionName: name }),
    );
  });
});

test.each<[string, () => unknown]>([
  ["bins", () => metrics.expectedCalibrationError(LOGITS, LABELS, [2, 3], { bins: 0 })],
  ["bins", () => metrics.reliabilityDiagram(LOGITS, LABELS, [2, 3], { bins: 1.5 })],
  ["bins", () => new metrics.CalibrationAccumulator().expectedCalibrationError(7)],
  ["temperature", () => metrics.negativeLogLikelihood(LOGITS, LABELS, [2, 3], { temperature: -1 })],
  ["temperature", () => metrics.applyTemperature(LOGITS, [2, 3], Number.NaN)],
  ["top", () => metrics.topKAccuracy(LOGITS, LABELS, [2, 3], { top: 0 })],
  [
    "estimator",
    () => metrics.differentialEntropy(new Float64Array(9), { estimator: "other" as never }),
  ],
  [
    "estimator",
    () => metrics.confidenceDiversity(LOGITS, LABELS, [2, 3], { estimator: "histogram" }),
  ],
  ["shape", () => metrics.confidenceDiversity(new Float32Array(2), Int32Array.of(0, 0), [2, 1])],
  ["shape", () => metrics.evaluateClassifier(new Float32Array(0), new Int32Array(0), [0, 3])],
  ["resamples", () => metrics.bootstrap({}, 3, { seed: 1, resamples: 0 })],
  ["n", () => metrics.bootstrap({}, 0, { seed: 1 })],
  ["level", () => metrics.bootstrapInterval(() => 0, 3, { seed: 1, level: 1 })],
  ["method", () => metrics.bootstrapInterval(() => 0, 3, { seed: 1, method: "other" as never })],
  ["level", () => metrics.seedInterval([1, 2], { level: 0 })],
  ["b", () => metrics.pairedSeedInterval([1, 2], [1])],
  ["pValues", () => metrics.holm([0.5, 1.5])],
  ["probabilities", () => metrics.quantiles([1, 2], [-0.1])],
  ["b", () => metrics.mcNemarTest([1, 0], [1])],
  ["members", () => metrics.ensembleUncertainty([], [2, 3])],
  ["members", () => metrics.ensembleUncertainty([LOGITS, new Float32Array(3)], [2, 3])],
  ["teacherLogits", () => metrics.fidelity(LOGITS, new Float32Array(3), [2, 3])],
  ["json", () => metrics.CalibrationAccumulator.fromJSON({ cells: 4096 as never, filled: [] })],
  [
    "json",
    () => metrics.CalibrationAccumulator.fromJSON({ cells: 7200, filled: [[0, 1, 0.5, 2]] }),
  ],
])("`%s` is named in the error (%#)", (argument, call) => {
  expect(call).toThrow(expect.objectContaining({ argument }));
});
