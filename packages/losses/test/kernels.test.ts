// The unchecked layer: what a kernel writes is what the checked function returns, and null skips the
// gradient.
import type { FloatArray } from "@sd/math";
import { describe, expect, test } from "vitest";
import * as kernels from "../src/kernels.ts";
import { type Batch, LOSSES } from "./all-losses.ts";
import fixture from "./fixtures/losses.json" with { type: "json" };

const { n, k } = fixture;
const f = Float64Array.from(fixture.logits);
const y = Int32Array.from(fixture.labels);
const t = Float64Array.from(fixture.teacherLogits);
const targets = Float64Array.from(fixture.targets);
const concentration = Float64Array.from(fixture.concentration);
const logTargets = Float64Array.from(fixture.logTargets);
const batch: Batch = {
  shape: [n, k],
  labels: y,
  teacherLogits: t,
  targets,
  concentration,
  logTargets,
};

type Run = (out: FloatArray, gradOut: FloatArray | null) => void;
const RUNS: Record<string, Run> = {
  softmaxCrossEntropy: (o, g) => kernels.softmaxCrossEntropyInto(o, g, f, y, n, k),
  softmaxCrossEntropyWithSoftTargets: (o, g) =>
    kernels.softTargetCrossEntropyInto(o, g, f, targets, n, k),
  labelSmoothing: (o, g) => kernels.labelSmoothingInto(o, g, f, y, n, k, 0.1, "all"),
  distillation: (o, g) => kernels.distillationInto(o, g, f, t, n, k, 4),
  hintonDistillation: (o, g) => kernels.hintonDistillationInto(o, g, f, t, n, k, 4),
  distillationTotal: (o, g) =>
    kernels.distillationTotalInto(o, g, f, y, t, n, k, 0.6, 4, "teacher"),
  mapLoss: (o, g) => kernels.mapLossInto(o, g, f, y, concentration, k, n, k),
  confidencePenalty: (o, g) => kernels.confidencePenaltyInto(o, g, f, y, n, k, 0.5),
  focal: (o, g) => kernels.focalInto(o, g, f, y, n, k, 2),
  brier: (o, g) => kernels.brierInto(o, g, f, y, n, k),
  klDivergence: (o, g) => kernels.klDivergenceInto(o, g, f, logTargets, n, k, "forward"),
  decoupledDistillation: (o, g) => kernels.decoupledDistillationInto(o, g, f, y, t, n, k, 4, 1, 8),
  standardisedDistillation: (o, g) => kernels.standardisedDistillationInto(o, g, f, t, n, k, 2),
  transformedTeacherMatching: (o, g) =>
    kernels.transformedTeacherMatchingInto(o, g, f, t, n, k, 4, "none"),
  mutualLearning: (o, g) => kernels.mutualLearningInto(o, g, f, y, [t, concentration], n, k),
};

describe("kernels", () => {
  test("there is one for every loss", () => {
    expect(Object.keys(kernels).length).toBe(Object.keys(RUNS).length);
  });

  test.each(Object.entries(RUNS))("%s", (name, run) => {
    const checked = LOSSES.find((loss) => loss.name === name)!.grad(f, batch);
    const out = new Float64Array(n);
    const grad = new Float64Array(n * k);
    run(out, grad);
    expect(out).toEqual(checked.value);
    expect(grad).toEqual(checked.grad);
    const alone = new Float64Array(n);
    run(alone, null);
    expect(alone).toEqual(out);
  });

  test("kernels leave rows beyond n alone", () => {
    const out = new Float64Array(n).fill(7);
    kernels.softmaxCrossEntropyInto(out, null, f, y, 2, k);
    expect([...out.subarray(2)]).toEqual([7, 7, 7, 7]);
  });
});
