// Decoupled, standardised, transformed and mutual distillation, and the virtual teacher: how they
// follow from the simpler losses, their limits, their bad inputs.
import { entropy, logSoftmax, softmax } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite, rows } from "../../../testing/arbitraries.ts";
import {
  decoupledDistillation,
  decoupledDistillationValueAndGrad,
  distillationValueAndGrad,
  hintonDistillation,
  hintonDistillationValueAndGrad,
  klDivergence,
  mapLossValueAndGrad,
  mutualLearning,
  softmaxCrossEntropy,
  softmaxCrossEntropyValueAndGrad,
  standardisedDistillation,
  standardisedDistillationValueAndGrad,
  transformedTeacherMatching,
  transformedTeacherMatchingValueAndGrad,
  virtualTeacherLogits,
} from "../src/index.ts";

const CLOSE = { rtol: 1e-10, atol: 1e-11 };
const pairs = (minClasses = 2) =>
  rows({ bound: 8 })
    .filter((b) => b.k >= minClasses)
    .chain((b) =>
      fc
        .array(finite(8), { minLength: b.n * b.k, maxLength: b.n * b.k })
        .map((t) => ({ ...b, teacher: Float64Array.from(t) })),
    );
const temperatures = fc.double({ min: 0.5, max: 8, noNaN: true });

describe("decoupledDistillation", () => {
  test("with A = 1 and B = 1 − q_y it is Hinton's", () => {
    fc.assert(
      fc.property(pairs(), temperatures, ({ logits, labels, teacher, n, k }, temperature) => {
        const q = softmax(teacher, [n, k], { temperature });
        for (let i = 0; i < n; i++) {
          const [f, t] = [logits, teacher].map((x) => x.slice(i * k, (i + 1) * k));
          const nonTargetWeight = 1 - q[i * k + labels[i]!]!;
          const options = { temperature, nonTargetWeight };
          const y = labels.slice(i, i + 1);
          const decoupled = decoupledDistillationValueAndGrad(f!, y, t!, [k], options);
          const hinton = hintonDistillationValueAndGrad(f!, t!, [k], { temperature });
          expect(decoupled.value).toBeAllclose(hinton.value, CLOSE);
          expect(decoupled.grad).toBeAllclose(hinton.grad, CLOSE);
        }
      }),
    );
  });

  test("two classes have no term among the others", () => {
    const [f, t, y] = [Float64Array.of(1, -2), Float64Array.of(0.5, 3), Int32Array.of(1)];
    const of = (nonTargetWeight: number) =>
      decoupledDistillation(f, y, t, [2], { nonTargetWeight });
    expect(of(100)).toEqual(of(0));
  });

  test("a saturated student keeps the small differences", () => {
    const { grad } = decoupledDistillationValueAndGrad(
      Float64Array.of(60, 0, 0),
      Int32Array.of(0),
      Float64Array.of(61, 0, 0),
      [3],
      { temperature: 1, nonTargetWeight: 0 },
    );
    const gap = 2 * (Math.exp(-61) - Math.exp(-60));
    expect(grad).toBeAllclose([gap, -gap / 2, -gap / 2], { rtol: 1e-12 });
  });

  test("a masked class is left out", () => {
    const masked = Float64Array.of(1, -Infinity, 2, 0);
    const rest = Float64Array.of(1, 2, 0);
    const teacher = Float64Array.of(0, -Infinity, 1, 1);
    const a = decoupledDistillationValueAndGrad(masked, Int32Array.of(2), teacher, [4]);
    const b = decoupledDistillationValueAndGrad(
      rest,
      Int32Array.of(1),
      Float64Array.of(0, 1, 1),
      [3],
    );
    expect(a.value).toBeAllclose(b.value);
    expect(a.grad).toBeAllclose([b.grad[0]!, 0, b.grad[1]!, b.grad[2]!], { atol: 1e-15 });
  });

  const two = Float64Array.of(0, 1);
  test.each([
    [{ temperature: 0 }, "temperature"],
    [{ targetWeight: -1 }, "targetWeight"],
    [{ nonTargetWeight: Number.NaN }, "nonTargetWeight"],
  ])("bad options %o", (options, argument) => {
    expect(() => decoupledDistillation(two, Int32Array.of(0), two, [2], options)).toThrow(
      expect.objectContaining({ code: "DOMAIN", argument }),
    );
  });

  test("a single class is refused", () => {
    const one = Float64Array.of(1);
    expect(() => decoupledDistillation(one, Int32Array.of(0), one, [1])).toThrow("shape");
  });
});

describe("standardisedDistillation", () => {
  const options = { temperature: 2 };

  test("is invariant to a shift and a positive scale of either side", () => {
    const f = Float64Array.of(1, 5, -2, 0, 3, 1);
    const t = Float64Array.of(2, 2, 9, -1, 0, 4);
    const plain = standardisedDistillation(f, t, [2, 3], options);
    // The guard of 1e-7 against a deviation of about 3 is what remains.
    for (const scale of [0.5, 3]) {
      const scaled = (x: Float64Array) => x.map((v) => scale * v + 7);
      const close = { rtol: 1e-6 };
      expect(standardisedDistillation(scaled(f), t, [2, 3], options)).toBeAllclose(plain, close);
      expect(standardisedDistillation(f, scaled(t), [2, 3], options)).toBeAllclose(plain, close);
    }
  });

  test("is Hinton's where both sides are standardised already", () => {
    const z = Float64Array.of(-1, 0, 1); // mean 0, deviation 1
    const t = Float64Array.of(1, 0, -1);
    expect(standardisedDistillation(z, t, [3], options)).toBeAllclose(
      hintonDistillation(z, t, [3], options),
      { rtol: 1e-6 },
    );
  });

  test("a row of equal logits is uniform with gradient 0", () => {
    const flat = Float64Array.of(4, 4, 4);
    const t = Float64Array.of(-1, 0, 1);
    const { value, grad } = standardisedDistillationValueAndGrad(flat, t, [3], options);
    expect([...grad]).toEqual([0, 0, 0]);
    expect(value).toBeAllclose(hintonDistillation(new Float64Array(3), t, [3], options), {
      rtol: 1e-6,
    });
  });

  test.each([
    [[2], options, "shape"],
    [[3], { temperature: 0 }, "temperature"],
  ])("bad input %o, %o", (shape, o, argument) => {
    const x = new Float64Array(shape[0]!);
    expect(() => standardisedDistillation(x, x, shape, o)).toThrow(
      expect.objectContaining({ code: "DOMAIN", argument }),
    );
  });
});

describe("transformedTeacherMatching", () => {
  test("is distillation minus the teacher's entropy, with the same gradient", () => {
    fc.assert(
      fc.property(pairs(), temperatures, ({ logits, teacher, shape }, temperature) => {
        const ttm = transformedTeacherMatchingValueAndGrad(logits, teacher, shape, { temperature });
        const soft = distillationValueAndGrad(logits, teacher, shape, { temperature });
        const h = entropy(teacher, shape, { temperature });
        expect(ttm.value).toBeAllclose(
          soft.value.map((v, i) => v - h[i]!),
          CLOSE,
        );
        expect(ttm.grad).toEqual(soft.grad);
      }),
    );
  });

  test("weighted: 1 ≤ U ≤ k^(1−1/T) for T ≥ 1, and CE + β · WTTM is MAP with α = 1 + β U q", () => {
    fc.assert(
      fc.property(pairs(), fc.double({ min: 1, max: 8, noNaN: true }), (batch, temperature) => {
        const { logits, labels, teacher, shape, n, k } = batch;
        const q1 = softmax(teacher, shape);
        const u = Float64Array.from({ length: n }, (_, i) =>
          q1.subarray(i * k, (i + 1) * k).reduce((s, v) => s + v ** (1 / temperature), 0),
        );
        const options = { temperature, weighting: "powerSum" } as const;
        const wttm = transformedTeacherMatchingValueAndGrad(logits, teacher, shape, options);
        const ttm = transformedTeacherMatching(logits, teacher, shape, { temperature });
        expect(wttm.value).toBeAllclose(
          ttm.map((v, i) => u[i]! * v),
          CLOSE,
        );
        for (const v of u) {
          expect(v).toBeGreaterThan(1 - 1e-12);
          expect(v).toBeLessThan(k ** (1 - 1 / temperature) + 1e-9);
        }
        const beta = 1.5;
        const q = softmax(teacher, shape, { temperature });
        const alpha = q.map((v, j) => 1 + beta * u[Math.floor(j / k)]! * v);
        const map = mapLossValueAndGrad(logits, labels, alpha, shape);
        const ce = softmaxCrossEntropyValueAndGrad(logits, labels, shape);
        expect(map.grad).toBeAllclose(
          ce.grad.map((v, j) => v + beta * wttm.grad[j]!),
          CLOSE,
        );
      }),
    );
  });

  test.each([
    [{ temperature: -1 }, "temperature"],
    [{ weighting: "other" }, "weighting"],
  ])("bad options %o", (options, argument) => {
    const two = Float64Array.of(0, 1);
    expect(() => transformedTeacherMatching(two, two, [2], options as never)).toThrow(
      expect.objectContaining({ code: "DOMAIN", argument }),
    );
  });
});

describe("mutualLearning", () => {
  test("is cross-entropy plus the mean divergence; peers that agree add nothing", () => {
    fc.assert(
      fc.property(pairs(), ({ logits, labels, teacher, shape }) => {
        const ce = softmaxCrossEntropy(logits, labels, shape);
        expect(mutualLearning(logits, labels, [logits, logits], shape)).toBeAllclose(ce, CLOSE);
        const kl = klDivergence(logits, logSoftmax(teacher, shape), shape);
        expect(mutualLearning(logits, labels, [teacher, logits], shape)).toBeAllclose(
          ce.map((v, i) => v + kl[i]! / 2),
          CLOSE,
        );
      }),
    );
  });

  const two = Float64Array.of(0, 1);
  test.each([
    [[], "DOMAIN", "peerLogits"],
    [[two, new Float64Array(3)], "SHAPE", "peerLogits[1]"],
    [[[0, 1]], "TYPE_MISMATCH", "peerLogits[0]"],
  ])("bad peers %#", (peers, code, argument) => {
    expect(() => mutualLearning(two, Int32Array.of(0), peers as never, [2])).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});

describe("virtualTeacherLogits", () => {
  test("are the logarithms of a on the label and (1−a)/(k−1) elsewhere", () => {
    const u = virtualTeacherLogits(Uint8Array.of(2, 0), [2, 5]);
    expect(u.map(Math.exp)).toBeAllclose(
      [0.0025, 0.0025, 0.99, 0.0025, 0.0025, 0.99, 0.0025, 0.0025, 0.0025, 0.0025],
      { rtol: 1e-14 },
    );
    const out = new Float32Array(10);
    expect(virtualTeacherLogits(Uint8Array.of(2, 0), [2, 5], { out })).toBe(out);
  });

  test("tempering them is softmax(log u / τ), their own temperature 1 is u", () => {
    const logits = Float64Array.of(1, 0, -1);
    const u = virtualTeacherLogits(Int32Array.of(0), [3], { correct: 0.9 });
    expect(transformedTeacherMatching(logits, u, [3])).toBeAllclose(klDivergence(logits, u, [3]), {
      rtol: 1e-12,
    });
  });

  test.each([
    [Int32Array.of(0), [1], {}, "shape"],
    [Int32Array.of(3), [3], {}, "labels"],
    [Int32Array.of(0), [3], { correct: 1 }, "correct"],
    [Int32Array.of(0), [3], { correct: 0 }, "correct"],
  ])("bad input %#", (labels, shape, options, argument) => {
    expect(() => virtualTeacherLogits(labels, shape, options)).toThrow(
      expect.objectContaining({ code: "DOMAIN", argument }),
    );
  });
});
