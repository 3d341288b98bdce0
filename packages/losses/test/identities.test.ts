// How the losses follow from each other, and their limits.
import { entropy, logSoftmax, softmax, sum } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite, rows } from "../../../testing/arbitraries.ts";
import {
  brier,
  confidencePenalty,
  distillation,
  distillationTotal,
  distillationTotalValueAndGrad,
  distillationValueAndGrad,
  focalValueAndGrad,
  hintonDistillation,
  hintonDistillationValueAndGrad,
  klDivergence,
  labelSmoothing,
  labelSmoothingValueAndGrad,
  mapLoss,
  mapLossValueAndGrad,
  softmaxCrossEntropy,
  softmaxCrossEntropyValueAndGrad,
  softmaxCrossEntropyWithSoftTargets,
} from "../src/index.ts";

const CLOSE = { rtol: 1e-11, atol: 1e-12 };
/** Student and teacher of the same shape. */
const pairs = (bound = 10) =>
  rows({ bound }).chain((b) =>
    fc
      .array(finite(bound), { minLength: b.n * b.k, maxLength: b.n * b.k })
      .map((t) => ({ ...b, teacher: Float64Array.from(t) })),
  );
const betas = fc.double({ min: 0.01, max: 8, noNaN: true });

describe("label smoothing", () => {
  test("LS(β) = MAP with α = β/k + 1 = (1+β) · PyTorch's with ε = β/(1+β)", () => {
    fc.assert(
      fc.property(rows(), betas, ({ logits, labels, shape, k }, beta) => {
        const concentration = new Float64Array(k).fill(1 + beta / k);
        const map = mapLossValueAndGrad(logits, labels, concentration, shape);
        const ls = labelSmoothingValueAndGrad(logits, labels, shape, {
          epsilon: beta / (1 + beta),
        });
        expect(map.value).toBeAllclose(
          ls.value.map((v) => (1 + beta) * v),
          CLOSE,
        );
        expect(map.grad).toBeAllclose(
          ls.grad.map((v) => (1 + beta) * v),
          CLOSE,
        );
      }),
    );
  });

  test("over the others with ε is over all with ε k/(k−1); ε = 0 is cross-entropy", () => {
    fc.assert(
      fc.property(rows(), fc.double({ min: 0, max: 1, noNaN: true }), (b, x) => {
        const epsilon = (x * (b.k - 1)) / b.k;
        const others = labelSmoothing(b.logits, b.labels, b.shape, { epsilon, spread: "others" });
        const all = labelSmoothing(b.logits, b.labels, b.shape, {
          epsilon: Math.min(1, (epsilon * b.k) / (b.k - 1)),
        });
        expect(others).toBeAllclose(all, CLOSE);
        const none = labelSmoothing(b.logits, b.labels, b.shape, { epsilon: 0 });
        expect(none).toBeAllclose(softmaxCrossEntropy(b.logits, b.labels, b.shape), CLOSE);
      }),
    );
  });

  test("masked classes are left out: the result is that of the remaining classes", () => {
    const masked = Float64Array.of(1, -Infinity, 2, 0.5);
    const rest = Float64Array.of(1, 2, 0.5);
    for (const spread of ["all", "others"] as const) {
      const a = labelSmoothingValueAndGrad(masked, Int32Array.of(2), [1, 4], {
        epsilon: 0.3,
        spread,
      });
      const b = labelSmoothingValueAndGrad(rest, Int32Array.of(1), [1, 3], {
        epsilon: 0.3,
        spread,
      });
      expect(a.value).toBeAllclose(b.value, { rtol: 1e-15 });
      expect([a.grad[0], a.grad[2], a.grad[3]]).toEqual([...b.grad]);
      expect(a.grad[1]).toBe(0);
    }
    const alone = Float64Array.of(-Infinity, 3);
    const options = { epsilon: 0.3, spread: "others" } as const;
    expect(labelSmoothing(alone, Int32Array.of(1), [1, 2], options)[0]).toBeCloseTo(0, 15);
  });

  test.each([
    [{ epsilon: -0.1 }, "DOMAIN", "epsilon"],
    [{ epsilon: 1.1 }, "DOMAIN", "epsilon"],
    [{ epsilon: Number.NaN }, "DOMAIN", "epsilon"],
    [{}, "TYPE_MISMATCH", "epsilon"],
    [{ epsilon: 0.1, spread: "some" }, "DOMAIN", "spread"],
  ])("bad options %o", (options, code, argument) => {
    expect(() =>
      labelSmoothing(Float64Array.of(1, 2), Int32Array.of(0), [1, 2], options as never),
    ).toThrow(expect.objectContaining({ code, argument }));
  });

  test("a single class has no others", () => {
    const call = () =>
      labelSmoothing(Float64Array.of(1), Int32Array.of(0), [1, 1], {
        epsilon: 0.1,
        spread: "others",
      });
    expect(call).toThrow(expect.objectContaining({ argument: "spread" }));
  });
});

describe("distillation", () => {
  test("with constant ω and weight c, L_SD/(1+c) is the total with hard weight 1/(1+c)", () => {
    fc.assert(
      fc.property(pairs(), betas, ({ logits, labels, teacher, shape }, c) => {
        const temperature = 2;
        const q = softmax(teacher, shape, { temperature });
        const concentration = q.map((v) => 1 + c * v);
        const map = mapLossValueAndGrad(logits, labels, concentration, shape);
        const total = distillationTotalValueAndGrad(logits, labels, teacher, shape, {
          hardWeight: 1 / (1 + c),
          temperature,
        });
        expect(map.value.map((v) => v / (1 + c))).toBeAllclose(total.value, CLOSE);
        expect(map.grad.map((v) => v / (1 + c))).toBeAllclose(total.grad, CLOSE);
      }),
    );
  });

  test("L_SD with the raw ω = Σ exp(t/T) is MAP with α = β exp(t/T) + 1", () => {
    fc.assert(
      fc.property(pairs(), betas, ({ logits, labels, teacher, shape, n, k }, beta) => {
        const temperature = 4;
        const alpha = teacher.map((t) => 1 + beta * Math.exp(t / temperature));
        const map = mapLossValueAndGrad(logits, labels, alpha, shape);
        const ce = softmaxCrossEntropyValueAndGrad(logits, labels, shape);
        const soft = distillation(logits, teacher, shape, { temperature });
        const [p, q] = [softmax(logits, shape), softmax(teacher, shape, { temperature })];
        for (let i = 0; i < n; i++) {
          const row = teacher.subarray(i * k, (i + 1) * k);
          const weight = beta * sum(row.map((t) => Math.exp(t / temperature)));
          expect(map.value[i]).toBeAllclose(ce.value[i]! + weight * soft[i]!, CLOSE);
          // (1 + βω) p − 1[y] − βω q
          for (let j = i * k; j < (i + 1) * k; j++) {
            const slope = ce.grad[j]! + weight * (p[j]! - q[j]!);
            expect(map.grad[j]).toBeAllclose(slope, { rtol: 1e-10, atol: 1e-10 });
          }
        }
      }),
    );
  });

  test("hard weight 1 is cross-entropy, 0 the soft term, also where the other is infinite", () => {
    fc.assert(
      fc.property(pairs(), ({ logits, labels, teacher, shape }) => {
        const of = (hardWeight: number, tempered: "teacher" | "both") =>
          distillationTotal(logits, labels, teacher, shape, {
            hardWeight,
            temperature: 3,
            tempered,
          });
        expect(of(1, "teacher")).toBeAllclose(softmaxCrossEntropy(logits, labels, shape), CLOSE);
        expect(of(1, "both")).toBeAllclose(softmaxCrossEntropy(logits, labels, shape), CLOSE);
        const options = { temperature: 3 };
        expect(of(0, "teacher")).toEqual(distillation(logits, teacher, shape, options));
        expect(of(0, "both")).toEqual(hintonDistillation(logits, teacher, shape, options));
      }),
    );
    const masked = Float64Array.of(0, -Infinity);
    const teacher = Float64Array.of(0, 0);
    const hard = { hardWeight: 1 };
    const soft = { hardWeight: 0 };
    expect(distillationTotal(masked, Int32Array.of(0), teacher, [1, 2], hard)[0]).toBe(0);
    expect(distillationTotal(masked, Int32Array.of(1), masked, [1, 2], soft)[0]).toBe(0);
  });

  test("invariant to a shift of the teacher's logits", () => {
    fc.assert(
      fc.property(pairs(), finite(100), ({ logits, teacher, shape }, shift) => {
        const moved = teacher.map((v) => v + shift);
        for (const loss of [distillation, hintonDistillation]) {
          expect(loss(logits, moved, shape, { temperature: 2 })).toBeAllclose(
            loss(logits, teacher, shape, { temperature: 2 }),
            { rtol: 1e-10, atol: 1e-11 },
          );
        }
      }),
    );
  });

  test("a one-hot teacher is the label; T → 0 is the pseudo-label, uniform over ties", () => {
    const logits = Float64Array.of(0.3, -1, 2, 1, 1, 0);
    const oneHot = Float64Array.of(-Infinity, 0, -Infinity, 0, -Infinity, -Infinity);
    const labels = Int32Array.of(1, 0);
    const ce = softmaxCrossEntropyValueAndGrad(logits, labels, [2, 3]);
    const soft = distillationValueAndGrad(logits, oneHot, [2, 3]);
    expect(soft.value).toBeAllclose(ce.value, { rtol: 1e-15 });
    expect(soft.grad).toBeAllclose(ce.grad, { atol: 1e-15 });
    const cold = distillation(logits, Float64Array.of(1, 3, 3, 0, 0, 0), [2, 3], {
      temperature: 1e-3,
    });
    const ties = Float64Array.of(0, 0.5, 0.5, 1 / 3, 1 / 3, 1 / 3);
    expect(cold).toBeAllclose(softmaxCrossEntropyWithSoftTargets(logits, ties, [2, 3]), CLOSE);
  });

  test("T → ∞: the total is PyTorch's label smoothing with ε = 1 − hardWeight", () => {
    fc.assert(
      fc.property(pairs(), fc.double({ min: 0, max: 1, noNaN: true }), (b, hardWeight) => {
        const total = distillationTotal(b.logits, b.labels, b.teacher, b.shape, {
          hardWeight,
          temperature: 1e12,
        });
        const ls = labelSmoothing(b.logits, b.labels, b.shape, { epsilon: 1 - hardWeight });
        expect(total).toBeAllclose(ls, { rtol: 1e-9, atol: 1e-9 });
      }),
    );
  });

  test("T → ∞: T (p_T − q) tends to the difference of centred logits over k, with error O(1/T)", () => {
    fc.assert(
      fc.property(pairs(3), ({ logits, teacher, shape, n, k }) => {
        const centred = (x: Float64Array) =>
          x.map((v, j) => {
            const at = k * Math.floor(j / k);
            return v - sum(x.subarray(at, at + k)) / k;
          });
        const [f, t] = [centred(logits), centred(teacher)];
        const limit = f.map((v, j) => (v - t[j]!) / k);
        for (const temperature of [1e3, 1e4]) {
          const { grad, value } = hintonDistillationValueAndGrad(logits, teacher, shape, {
            temperature,
          });
          // Second order: |f|² + |t|² ≤ 2 · 6², over T; and what T² times a rounding leaves.
          const slack = { atol: 72 / temperature + 1e-8 };
          expect(grad).toBeAllclose(limit, slack);
          for (let i = 0; i < n; i++) {
            const row = limit.subarray(i * k, i * k + k);
            const half = (k / 2) * sum(row.map((v) => v * v));
            expect(value[i]).toBeAllclose(half, { atol: 500 / temperature + 1e-6 });
          }
        }
      }),
    );
  });

  test("Rényi: −Σ q log p = −T Σ q log p_T − (T−1) H_{1/T}(p)", () => {
    fc.assert(
      fc.property(pairs(), fc.double({ min: 1.5, max: 8, noNaN: true }), (b, temperature) => {
        const { logits, teacher, shape, n, k } = b;
        const q = softmax(teacher, shape, { temperature });
        const logPT = logSoftmax(logits, shape, { temperature });
        const logP = logSoftmax(logits, shape);
        const left = distillation(logits, teacher, shape, { temperature });
        for (let i = 0; i < n; i++) {
          const at = i * k;
          const tempered =
            -temperature * sum(q.subarray(at, at + k).map((v, c) => v * logPT[at + c]!));
          const g = 1 / temperature;
          const powers = logP.subarray(at, at + k).map((v) => Math.exp(g * v));
          const renyi = Math.log(sum(powers)) / (1 - g);
          expect(left[i]).toBeAllclose(tempered - (temperature - 1) * renyi, {
            rtol: 1e-9,
            atol: 1e-10,
          });
        }
      }),
    );
  });

  test("CE(q, p) = H(q) + KL(q ‖ p) ≥ H(q), equal iff p = q", () => {
    fc.assert(
      fc.property(pairs(), ({ logits, teacher, shape }) => {
        const h = entropy(teacher, shape);
        const kl = klDivergence(logits, logSoftmax(teacher, shape), shape);
        const ce = distillation(logits, teacher, shape);
        expect(ce).toBeAllclose(
          kl.map((v, i) => v + h[i]!),
          CLOSE,
        );
        expect(kl.every((v) => v > -1e-13)).toBe(true);
        for (const direction of ["forward", "reverse"] as const) {
          const self = klDivergence(logits, logSoftmax(logits, shape), shape, { direction });
          expect(self).toBeAllclose(
            self.map(() => 0),
            { atol: 1e-13 },
          );
        }
      }),
    );
  });

  test.each([
    [distillation, { temperature: 0 }, "temperature"],
    [distillation, { temperature: Infinity }, "temperature"],
    [hintonDistillation, {}, "temperature"],
    [hintonDistillation, { temperature: 2, factor: "two" }, "factor"],
    [klDivergence, { direction: "sideways" }, "direction"],
  ])("bad options %#", (loss, options, argument) => {
    const two = Float64Array.of(0, 1);
    expect(() => (loss as typeof distillation)(two, two, [1, 2], options as never)).toThrow(
      expect.objectContaining({ argument }),
    );
  });

  test.each([
    [{ hardWeight: -0.1 }, "hardWeight"],
    [{ hardWeight: 1.1 }, "hardWeight"],
    [{ hardWeight: 0.5, temperature: -1 }, "temperature"],
    [{ hardWeight: 0.5, tempered: "student" }, "tempered"],
  ])("bad options of the total %o", (options, argument) => {
    const two = Float64Array.of(0, 1);
    expect(() => distillationTotal(two, Int32Array.of(0), two, [1, 2], options as never)).toThrow(
      expect.objectContaining({ argument }),
    );
  });
});

describe("the negative log posterior", () => {
  test("a flat prior is cross-entropy; [k] and [n, k] concentrations agree", () => {
    fc.assert(
      fc.property(rows(), betas, ({ logits, labels, shape, n, k }, beta) => {
        const flat = mapLoss(logits, labels, new Float64Array(k).fill(1), shape);
        expect(flat).toBeAllclose(softmaxCrossEntropy(logits, labels, shape), CLOSE);
        const row = Float64Array.from({ length: k }, (_, c) => 1 + beta * (c + 1));
        const all = Float64Array.from({ length: n * k }, (_, j) => row[j % k]!);
        expect(mapLoss(logits, labels, row, shape)).toEqual(mapLoss(logits, labels, all, shape));
      }),
    );
  });

  test("its gradient vanishes at the mode of the posterior", () => {
    fc.assert(
      fc.property(rows(), betas, ({ logits, labels, shape, n, k }, beta) => {
        const excess = softmax(logits, shape).map((p) => beta * p);
        const mode = excess.map((a, j) => {
          const label = labels[Math.floor(j / k)] === j % k ? 1 : 0;
          return Math.log((label + a) / (1 + beta));
        });
        const alpha = excess.map((a) => 1 + a);
        const { value, grad } = mapLossValueAndGrad(mode, labels, alpha, shape);
        expect(grad).toBeAllclose(new Float64Array(n * k), { atol: 1e-13 * (1 + beta) });
        // No other point does better.
        mapLoss(logits, labels, alpha, shape).forEach((other, i) => {
          expect(value[i]).toBeLessThanOrEqual(other + 1e-11 * (1 + Math.abs(other)));
        });
      }),
    );
    const concentration = Float64Array.of(1.5, 2, 4);
    const mode = Float64Array.of(0.5, 2, 3).map((v) => Math.log(v / 5.5));
    const { grad } = mapLossValueAndGrad(mode, Int32Array.of(1), concentration, [1, 3]);
    expect(grad).toBeAllclose([0, 0, 0], { atol: 1e-14 });
  });

  test("plain cross-entropy has no finite minimiser: twice the margin is always better", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 15, noNaN: true }), (margin) => {
        const of = (f: number) => softmaxCrossEntropy(Float64Array.of(f, 0), Int32Array.of(0), [2]);
        expect(of(2 * margin)[0]).toBeLessThan(of(margin)[0]!);
      }),
    );
  });

  test("a zero numerator puts the mode on the face, f = −∞", () => {
    const mode = Float64Array.of(-Infinity, Math.log(0.25), Math.log(0.75));
    const { value, grad } = mapLossValueAndGrad(
      mode,
      Int32Array.of(1),
      Float64Array.of(1, 1, 4),
      [1, 3],
    );
    expect(value[0]).toBeLessThan(Infinity);
    expect(grad).toBeAllclose([0, 0, 0], { atol: 1e-15 });
  });
});

describe("focal, Brier, confidence penalty", () => {
  test("focal with γ = 0 is cross-entropy", () => {
    fc.assert(
      fc.property(rows(), ({ logits, labels, shape }) => {
        const focal = focalValueAndGrad(logits, labels, shape, { gamma: 0 });
        const ce = softmaxCrossEntropyValueAndGrad(logits, labels, shape);
        expect(focal.value).toBeAllclose(ce.value, CLOSE);
        expect(focal.grad).toBeAllclose(ce.grad, CLOSE);
      }),
    );
  });

  test("focal keeps its digits once p_y rounds to 1, for γ below 1 too", () => {
    // 1 − p = e^−50 to first order: the loss is (1−p)^1.5, its slope on y −1.5 (1−p)^1.5.
    const { value, grad } = focalValueAndGrad(Float64Array.of(50, 0), Int32Array.of(0), [1, 2], {
      gamma: 0.5,
    });
    const q = Math.exp(-50) ** 1.5;
    expect(value).toBeAllclose([q], { rtol: 1e-13 });
    expect(grad).toBeAllclose([-1.5 * q, 1.5 * q], { rtol: 1e-13 });
    const masked = focalValueAndGrad(Float64Array.of(0, -Infinity), Int32Array.of(0), [1, 2], {
      gamma: 0.5,
    });
    expect([...masked.value, ...masked.grad]).toBeAllclose([0, 0, 0]);
  });

  test("Brier: hand values, range, and propriety", () => {
    const scores = brier(Float64Array.of(0, 0, 1e4, 0, 1e4, 0), Int32Array.of(0, 0, 1), [3, 2]);
    expect([...scores]).toEqual([0.5, 0, 2]);
    fc.assert(
      fc.property(pairs(), ({ logits, teacher, k }) => {
        // The expected score under q is least at p = q; the same holds for the negative log-likelihood.
        const [f, t] = [logits.subarray(0, k), teacher.subarray(0, k)];
        const q = softmax(t, [k]);
        for (const score of [brier, softmaxCrossEntropy]) {
          const mean = (x: Float64Array) =>
            sum(q.map((v, y) => v * score(x, Int32Array.of(y), [k])[0]!));
          expect(mean(t)).toBeLessThanOrEqual(mean(f) + 1e-12);
        }
      }),
    );
  });

  test("the confidence penalty is cross-entropy minus β times the entropy, and may be negative", () => {
    fc.assert(
      fc.property(rows(), betas, ({ logits, labels, shape }, beta) => {
        const h = entropy(logits, shape);
        const ce = softmaxCrossEntropy(logits, labels, shape);
        expect(confidencePenalty(logits, labels, shape, { beta })).toBeAllclose(
          ce.map((v, i) => v - beta * h[i]!),
          CLOSE,
        );
      }),
    );
    const flat = Float64Array.of(0, 0);
    expect(confidencePenalty(flat, Int32Array.of(0), [1, 2], { beta: 2 })[0]).toBeLessThan(0);
    for (const beta of [-1, Number.NaN]) {
      expect(() => confidencePenalty(flat, Int32Array.of(0), [1, 2], { beta })).toThrow("beta");
    }
    expect(() => focalValueAndGrad(flat, Int32Array.of(0), [1, 2], { gamma: -1 })).toThrow("gamma");
  });
});
