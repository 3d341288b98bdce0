// The priors as excess concentrations, and the targets that they imply.
import { softmax, sum } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite, rows, simplex } from "../../../testing/arbitraries.ts";
import {
  betaSmoothingPrior,
  epsilonFromBeta,
  epsilonOthersFromAll,
  hardWeightFromBeta,
  labelSmoothingPrior,
  massWeights,
  type Omega,
  smoothedTargets,
  softLabelPrior,
  teacherLogOmega,
  teacherPrior,
} from "../src/index.ts";
import fixture from "./fixtures/smoothing.json" with { type: "json" };

const bad = (x: unknown): never => x as never;
const f64 = (x: readonly number[]): Float64Array => Float64Array.from(x);
const { n, k, beta, temperature } = fixture;
const shape = [n, k];
const teacher = f64(fixture.teacherLogits);
const labels = Int32Array.from(fixture.labels);
const bounds = fixture.bounds as [number, number];
const OMEGAS: readonly Omega[] = ["constant", "raw", "normalised", "batchNormalised", "clipped"];
const CLOSE = { rtol: 1e-13, atol: 1e-15 };
const betas = fc.double({ min: 0, max: 8, noNaN: true });

const priors: Record<string, (out?: Float32Array) => Float64Array | Float32Array> = {
  ...Object.fromEntries(
    OMEGAS.map((omega) => [
      omega,
      (out?: Float32Array) =>
        teacherPrior<Float32Array | Float64Array>(teacher, shape, {
          beta,
          temperature,
          omega,
          bounds,
          out,
        }),
    ]),
  ),
  labelSmoothing: (out) => labelSmoothingPrior<Float32Array | Float64Array>(shape, { beta, out }),
  softLabel: (out) =>
    softLabelPrior<Float32Array | Float64Array>(f64(fixture.softLabels), shape, { beta, out }),
  betaSmoothing: (out) =>
    betaSmoothingPrior<Float32Array | Float64Array>(f64(fixture.b), labels, shape, { beta, out }),
};

describe.each(Object.entries(priors))("%s", (name, prior) => {
  const key = name as keyof typeof fixture.excess;

  test("its excess agrees with numpy", () => {
    expect(prior()).toBeAllclose(fixture.excess[key], CLOSE);
  });

  test("its targets and masses agree with numpy, for labels and for mixed labels", () => {
    const hard = smoothedTargets(prior(), labels, shape);
    expect(hard.targets).toBeAllclose(fixture.smoothed[key].targets, CLOSE);
    expect(hard.mass).toBeAllclose(fixture.smoothed[key].mass, CLOSE);
    const mixed = smoothedTargets(prior(), f64(fixture.softLabels), shape);
    expect(mixed.targets).toBeAllclose(fixture.mixed[key].targets, CLOSE);
    expect(mixed.mass).toBeAllclose(fixture.mixed[key].mass, CLOSE);
  });

  test("a float32 out is the float64 result, rounded once", () => {
    const out = new Float32Array(n * k);
    expect(prior(out)).toBe(out);
    expect(out).toEqual(Float32Array.from(prior()));
  });
});

describe("smoothedTargets", () => {
  test("rows lie on the simplex for any excess; no excess is the one-hot label", () => {
    fc.assert(
      fc.property(rows(), betas, ({ logits, labels: y, shape: s, n: m, k: c }, scale) => {
        const excess = logits.map((v) => scale * Math.abs(v));
        const { targets, mass } = smoothedTargets(excess, y, s);
        for (let i = 0; i < m; i++) {
          expect(sum(targets.subarray(i * c, i * c + c))).toBeAllclose(1, { rtol: 1e-14 });
          expect(mass[i]).toBeAllclose(1 + sum(excess.subarray(i * c, i * c + c)), { rtol: 1e-14 });
        }
        expect(targets.every((v) => v >= 0 && v <= 1)).toBe(true);
        const { targets: oneHot } = smoothedTargets(new Float64Array(m * c), y, s);
        expect(oneHot.reduce((a, b) => a + b, 0)).toBe(m);
        y.forEach((label, i) => {
          expect(oneHot[i * c + label]).toBe(1);
        });
      }),
    );
  });

  test("one-hot rows as soft labels give what integer labels give; mixing is linear", () => {
    const oneHot = smoothedTargets(new Float64Array(n * k), labels, shape).targets;
    const excess = priors.raw!();
    const hard = smoothedTargets(excess, labels, shape);
    expect(smoothedTargets(excess, oneHot, shape)).toEqual(hard);
    const other = Int32Array.from(labels, (y) => (y + 1) % k);
    const mixed = oneHot.map(
      (v, j) => 0.7 * v + 0.3 * (j % k === other[Math.floor(j / k)] ? 1 : 0),
    );
    const second = smoothedTargets(excess, other, shape);
    expect(smoothedTargets(excess, mixed, shape).targets).toBeAllclose(
      hard.targets.map((v, j) => 0.7 * v + 0.3 * second.targets[j]!),
      { rtol: 1e-13 },
    );
  });

  test("fills out and massOut, each in its own type; out may be the excess", () => {
    const excess = Float32Array.from(priors.raw!());
    const expected = smoothedTargets(excess, labels, shape);
    const massOut = new Float64Array(n);
    const result = smoothedTargets(excess, labels, shape, { out: excess, massOut });
    expect(result.targets).toBe(excess);
    expect(result.mass).toBe(massOut);
    expect(excess).toEqual(Float32Array.from(expected.targets));
    expect(massOut).toEqual(expected.mass);
  });

  test.each([
    [new Float64Array(3), labels, shape, {}, "SHAPE", "excess"],
    [new Float64Array(n * k).fill(-1), labels, shape, {}, "DOMAIN", "excess"],
    [new Float64Array(n * k).fill(Infinity), labels, shape, {}, "DOMAIN", "excess"],
    [new Float64Array(n * k), new Int32Array(n).fill(k), shape, {}, "DOMAIN", "labels"],
    [new Float64Array(n * k), new Int32Array(2), shape, {}, "SHAPE", "labels"],
    [new Float64Array(n * k), bad([0, 1]), shape, {}, "TYPE_MISMATCH", "labels"],
    [new Float64Array(n * k), new Float64Array(n * k), shape, {}, "DOMAIN", "labels"],
    [new Float64Array(n * k), new Float64Array(n), shape, {}, "SHAPE", "labels"],
    [new Float64Array(n * k), labels, [n], {}, "SHAPE", "excess"],
    [new Float64Array(n * k), labels, shape, { out: new Float64Array(1) }, "SHAPE", "out"],
    [new Float64Array(n * k), labels, shape, { massOut: bad([]) }, "TYPE_MISMATCH", "massOut"],
  ])("bad input %#", (excess, y, s, options, code, argument) => {
    expect(() => smoothedTargets(excess, y, s, options)).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});

describe("label smoothing and other soft labels", () => {
  test("LS(β) has PyTorch's targets for ε = β/(1+β): 1 − ε + ε/k on the label, ε/k elsewhere", () => {
    fc.assert(
      fc.property(betas, fc.integer({ min: 2, max: 9 }), (strength, classes) => {
        const excess = labelSmoothingPrior([1, classes], { beta: strength });
        const { targets, mass } = smoothedTargets(excess, Int32Array.of(0), [1, classes]);
        const epsilon = epsilonFromBeta(strength);
        expect(targets[0]).toBeAllclose(1 - epsilon + epsilon / classes, CLOSE);
        expect(targets[1]).toBeAllclose(epsilon / classes, CLOSE);
        expect(mass).toBeAllclose(1 + strength, CLOSE);
      }),
    );
  });

  test("uniform soft labels are label smoothing; any soft labels of weight β mix as ε = β/(1+β)", () => {
    fc.assert(
      fc.property(betas, simplex(5), (strength, s) => {
        const uniform = softLabelPrior(new Float64Array(5).fill(0.2), [5], { beta: strength });
        expect(uniform).toBeAllclose(labelSmoothingPrior([5], { beta: strength }), CLOSE);
        const { targets } = smoothedTargets(
          softLabelPrior(s, [5], { beta: strength }),
          Uint8Array.of(3),
          [5],
        );
        const w = hardWeightFromBeta(strength);
        expect(targets).toBeAllclose(
          s.map((v, c) => (c === 3 ? w : 0) + (1 - w) * v),
          CLOSE,
        );
      }),
    );
  });
});

describe("teacher", () => {
  const teachers = rows({ bound: 20 });

  test.each(OMEGAS)("log ω (%s) agrees with numpy", (omega) => {
    const logOmega = teacherLogOmega(teacher, shape, { temperature, omega, bounds });
    expect(logOmega.map(Math.exp)).toBeAllclose(fixture.omega[omega], CLOSE);
    const out = new Float32Array(n);
    expect(teacherLogOmega(teacher, shape, { temperature, omega, bounds, out })).toBe(out);
    expect(out).toEqual(Float32Array.from(logOmega));
  });

  test("constant: the targets of the total loss with hard weight 1/(1+β)", () => {
    fc.assert(
      fc.property(teachers, betas, ({ logits, labels: y, shape: s, k: c }, strength) => {
        const excess = teacherPrior(logits, s, { beta: strength, temperature: 2 });
        const { targets } = smoothedTargets(excess, y, s);
        const q = softmax(logits, s, { temperature: 2 });
        const w = hardWeightFromBeta(strength);
        expect(targets).toBeAllclose(
          q.map((v, j) => (y[Math.floor(j / c)] === j % c ? w : 0) + (1 - w) * v),
          { rtol: 1e-12, atol: 1e-15 },
        );
      }),
    );
  });

  test("raw: a = β exp(t/T), which a shift of t changes; the others are invariant", () => {
    fc.assert(
      fc.property(teachers, finite(5), ({ logits, shape: s }, shift) => {
        const options = { beta: 1.5, temperature: 2 };
        const raw = teacherPrior(logits, s, { ...options, omega: "raw" });
        expect(raw).toBeAllclose(
          logits.map((t) => 1.5 * Math.exp(t / 2)),
          { rtol: 1e-12 },
        );
        const moved = logits.map((t) => t + shift);
        expect(teacherPrior(moved, s, { ...options, omega: "raw" })).toBeAllclose(
          raw.map((v) => v * Math.exp(shift / 2)),
          { rtol: 1e-12 },
        );
        for (const omega of ["constant", "normalised", "batchNormalised"] as const) {
          expect(teacherPrior(moved, s, { ...options, omega })).toBeAllclose(
            teacherPrior(logits, s, { ...options, omega }),
            { rtol: 1e-11 },
          );
        }
      }),
    );
  });

  test("normalised lies in [1, k^(1−1/T)] for T ≥ 1; batch-normalised has mean 1; clipped keeps its bounds", () => {
    fc.assert(
      fc.property(teachers, fc.double({ min: 1, max: 9, noNaN: true }), (batch, T) => {
        const { logits, shape: s, n: m, k: c } = batch;
        const of = (omega: Omega) =>
          teacherLogOmega(logits, s, { temperature: T, omega, bounds: [0.5, 20] }).map(Math.exp);
        for (const v of of("normalised")) {
          expect(v).toBeGreaterThan(1 - 1e-12);
          expect(v).toBeLessThan(c ** (1 - 1 / T) + 1e-9);
        }
        expect(sum(of("batchNormalised")) / m).toBeAllclose(1, { rtol: 1e-13 });
        for (const v of of("clipped")) {
          expect(v).toBeGreaterThan(0.5 - 1e-12);
          expect(v).toBeLessThan(20 + 1e-11);
        }
      }),
    );
  });

  test("T → ∞: constant and batch-normalised tend to LS(β), raw to LS(kβ)", () => {
    fc.assert(
      fc.property(teachers, ({ logits, shape: s, k: c }) => {
        const of = (omega: Omega) => teacherPrior(logits, s, { beta: 2, temperature: 1e12, omega });
        const limit = { rtol: 1e-9 };
        expect(of("constant")).toBeAllclose(labelSmoothingPrior(s, { beta: 2 }), limit);
        expect(of("batchNormalised")).toBeAllclose(labelSmoothingPrior(s, { beta: 2 }), limit);
        expect(of("raw")).toBeAllclose(labelSmoothingPrior(s, { beta: 2 * c }), limit);
      }),
    );
  });

  test("T → 0: the pseudo-label, uniform over ties", () => {
    const excess = teacherPrior(Float64Array.of(1, 3, 3, 0), [4], { beta: 1, temperature: 1e-3 });
    expect([...excess]).toEqual([0, 0.5, 0.5, 0]);
  });

  test("raw ω that overflows fails by type, in float32 earlier; its logarithm does not", () => {
    const huge = Float64Array.of(0, 0, 800, 0);
    const options = { beta: 1, omega: "raw" } as const;
    expect(() => teacherPrior(huge, [2, 2], options)).toThrow(
      "teacherPrior: expected `teacherLogits` to give a finite weight, got log ω = 800 in row 1",
    );
    expect(teacherLogOmega(huge, [2, 2], { omega: "raw" })[1]).toBe(800);
    const big = Float64Array.of(100, 0);
    expect(teacherPrior(big, [2], options)[0]).toBeAllclose(Math.exp(100), { rtol: 1e-13 });
    const out = new Float32Array(2);
    expect(() => teacherPrior(big, [2], { ...options, out })).toThrow(
      expect.objectContaining({ code: "DOMAIN" }),
    );
    for (const omega of ["constant", "normalised", "batchNormalised"] as const) {
      expect(teacherPrior(huge, [2, 2], { beta: 1, omega }).every(Number.isFinite)).toBe(true);
    }
  });

  test("a teacher without a finite maximum is refused; masked classes get nothing", () => {
    expect(() =>
      teacherPrior(Float64Array.of(Number.NaN, 0), [2], { beta: 1, omega: "raw" }),
    ).toThrow(expect.objectContaining({ code: "DOMAIN", argument: "teacherLogits" }));
    const masked = teacherPrior(Float64Array.of(0, -Infinity), [2], { beta: 2, omega: "raw" });
    expect([...masked]).toEqual([2, 0]);
  });

  test.each([
    [{ beta: -1 }, "DOMAIN", "beta"],
    [{}, "TYPE_MISMATCH", "beta"],
    [{ beta: 1, temperature: 0 }, "DOMAIN", "temperature"],
    [{ beta: 1, omega: "other" }, "DOMAIN", "omega"],
    [{ beta: 1, omega: "clipped" }, "DOMAIN", "bounds"],
    [{ beta: 1, omega: "clipped", bounds: [0, 1] }, "DOMAIN", "bounds"],
    [{ beta: 1, omega: "clipped", bounds: [2, 1] }, "DOMAIN", "bounds"],
    [{ beta: 1, out: new Float64Array(1) }, "SHAPE", "out"],
  ])("bad options %o", (options, code, argument) => {
    expect(() => teacherPrior(teacher, shape, bad(options))).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});

describe("beta smoothing", () => {
  test("b = 1 is the one-hot label, b = 1/k label smoothing", () => {
    const one = betaSmoothingPrior(new Float64Array(n).fill(1), labels, shape, { beta });
    const oneHot = smoothedTargets(new Float64Array(n * k), labels, shape).targets;
    expect(smoothedTargets(one, labels, shape).targets).toEqual(oneHot);
    const uniform = betaSmoothingPrior(new Float64Array(n).fill(1 / k), labels, shape, { beta });
    expect(uniform).toBeAllclose(labelSmoothingPrior(shape, { beta }), CLOSE);
  });

  test("a constant b has the soft term of label smoothing with ε_others = 1 − b", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (b) => {
        const soft = betaSmoothingPrior(Float64Array.of(b), Int32Array.of(1), [4], { beta: 1 });
        const other = (1 - b) / 3;
        expect(soft).toBeAllclose([other, b, other, other], CLOSE);
        if (b >= 1 / 4) {
          const ls = labelSmoothingPrior([4], { beta: (4 * (1 - b)) / 3 });
          expect(epsilonOthersFromAll(Math.min(1, sum(ls)), 4)).toBeAllclose(1 - b, CLOSE);
        }
      }),
    );
  });

  test("every row has mass β; soft labels mix the rows of their classes linearly", () => {
    fc.assert(
      fc.property(
        simplex(4),
        fc.double({ min: 0, max: 1, noNaN: true }),
        betas,
        (label, b, strength) => {
          const draw = Float64Array.of(b);
          const mixed = betaSmoothingPrior(draw, label, [1, 4], { beta: strength });
          expect(sum(mixed)).toBeAllclose(strength, { rtol: 1e-13, atol: 1e-15 });
          const expected = new Float64Array(4);
          label.forEach((w, y) => {
            const row = betaSmoothingPrior(draw, Int32Array.of(y), [1, 4], { beta: strength });
            row.forEach((v, c) => {
              expected[c]! += w * v;
            });
          });
          expect(mixed).toBeAllclose(expected, { rtol: 1e-12, atol: 1e-15 });
        },
      ),
    );
  });

  test("an exact complement replaces 1 − b", () => {
    const excess = betaSmoothingPrior(Float64Array.of(1), Int32Array.of(0), [3], {
      beta: 1,
      complement: Float64Array.of(1e-20),
    });
    expect([...excess]).toEqual([1, 5e-21, 5e-21]);
  });

  test.each([
    [Float64Array.of(1.1), Int32Array.of(0), [1, 3], { beta: 1 }, "DOMAIN", "b"],
    [Float64Array.of(-0.1), Int32Array.of(0), [1, 3], { beta: 1 }, "DOMAIN", "b"],
    [Float64Array.of(1, 1), Int32Array.of(0), [1, 3], { beta: 1 }, "SHAPE", "b"],
    [Float64Array.of(1), Int32Array.of(0), [1, 1], { beta: 1 }, "DOMAIN", "shape"],
    [Float64Array.of(1), Int32Array.of(3), [1, 3], { beta: 1 }, "DOMAIN", "labels"],
    [Float64Array.of(1), Int32Array.of(0), [1, 3], { beta: Number.NaN }, "DOMAIN", "beta"],
    [
      Float64Array.of(1),
      Int32Array.of(0),
      [1, 3],
      { beta: 1, complement: Float64Array.of(2) },
      "DOMAIN",
      "complement",
    ],
  ])("bad input %#", (b, y, s, options, code, argument) => {
    expect(() => betaSmoothingPrior(b, y, s, options)).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });

  test.each([
    [() => labelSmoothingPrior(bad("x"), { beta: 1 }), "TYPE_MISMATCH", "shape"],
    [() => labelSmoothingPrior([2, 2], { beta: -1 }), "DOMAIN", "beta"],
    [() => softLabelPrior(Float64Array.of(0.5, 0.4), [2], { beta: 1 }), "DOMAIN", "softLabels"],
    [() => softLabelPrior(Float64Array.of(1.5, -0.5), [2], { beta: 1 }), "DOMAIN", "softLabels"],
    [() => softLabelPrior(Float64Array.of(1), [2], { beta: 1 }), "SHAPE", "softLabels"],
  ])("bad input of the other priors %#", (call, code, argument) => {
    expect(call).toThrow(expect.objectContaining({ code, argument }));
  });
});

describe("massWeights", () => {
  test("weights times convex gradient is the gradient of the posterior", () => {
    const { targets, mass } = smoothedTargets(priors.raw!(), labels, shape);
    const weights = massWeights(mass);
    const p = softmax(
      Float64Array.from({ length: n * k }, (_, j) => Math.sin(j)),
      shape,
    );
    const excess = priors.raw!();
    for (let j = 0; j < n * k; j++) {
      const i = Math.floor(j / k);
      const tau = excess[j]! + (labels[i] === j % k ? 1 : 0);
      expect(weights[i]! * (p[j]! - targets[j]!)).toBeAllclose(mass[i]! * p[j]! - tau, {
        rtol: 1e-12,
        atol: 1e-14,
      });
    }
  });

  test("normalised by the mean they average 1, and are 1 for a constant mass", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (masses) => {
          const weights = massWeights(f64(masses), { normalise: "mean" });
          expect(sum(weights) / masses.length).toBeAllclose(1, { rtol: 1e-14 });
        },
      ),
    );
    expect([...massWeights(Float64Array.of(2.5, 2.5), { normalise: "mean" })]).toEqual([1, 1]);
    const mass = Float32Array.of(1, 3);
    expect(massWeights(mass, { normalise: "mean", out: mass })).toEqual(Float32Array.of(0.5, 1.5));
    expect(massWeights(new Float64Array(0), { normalise: "mean" })).toEqual(new Float64Array(0));
  });

  test.each([
    [() => massWeights(Float64Array.of(-1)), "DOMAIN", "mass"],
    [() => massWeights(Float64Array.of(1), { normalise: bad("sum") }), "DOMAIN", "normalise"],
    [() => massWeights(Float64Array.of(1), { out: new Float64Array(2) }), "SHAPE", "out"],
    [() => massWeights(bad([1])), "TYPE_MISMATCH", "mass"],
  ])("bad input %#", (call, code, argument) => {
    expect(call).toThrow(expect.objectContaining({ code, argument }));
  });
});
