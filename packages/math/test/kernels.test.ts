import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { logSoftmax, softmax, sum } from "../src/index.ts";
import {
  klDivergenceInto,
  softmaxCrossEntropyInto,
  softTargetCrossEntropyInto,
} from "../src/kernels.ts";
import fixture from "./fixtures/rows.json" with { type: "json" };

const numbers = (x: readonly (number | null)[]): Float64Array =>
  Float64Array.from(x, (v) => v ?? -Infinity);

describe("cross-entropy kernels", () => {
  const n = 5;
  const k = fixture.k;
  const logits = numbers(fixture.logits).subarray(0, n * k);
  const labels = Int32Array.from(fixture.labels);
  const targets = Float64Array.from(fixture.targets as number[]);

  test("agree with PyTorch", () => {
    const value = new Float64Array(n);
    const grad = new Float64Array(n * k);
    softmaxCrossEntropyInto(value, grad, logits, labels, n, k);
    expect(value).toBeAllclose(fixture.crossEntropy.value, { rtol: 1e-14 });
    expect(grad).toBeAllclose(fixture.crossEntropy.grad, { atol: 2e-15 });
    softTargetCrossEntropyInto(value, grad, logits, targets, n, k);
    expect(value).toBeAllclose(fixture.softTargets.value, { rtol: 1e-14 });
    expect(grad).toBeAllclose(fixture.softTargets.grad, { atol: 5e-15 });
  });

  test("one-hot targets agree with labels; gradient rows sum to 0 for any target mass", () => {
    fc.assert(
      fc.property(rows(), fc.double({ min: 0, max: 5, noNaN: true }), (batch, mass) => {
        const { logits: f, labels: y, n: m, k: c } = batch;
        const oneHot = new Float64Array(m * c);
        for (let i = 0; i < m; i++) oneHot[i * c + y[i]!] = 1;
        const [a, b] = [new Float64Array(m), new Float64Array(m)];
        const [ga, gb] = [new Float64Array(m * c), new Float64Array(m * c)];
        softmaxCrossEntropyInto(a, ga, f, y, m, c);
        softTargetCrossEntropyInto(b, gb, f, oneHot, m, c);
        expect(a).toBeAllclose(b, { rtol: 1e-15 });
        expect(ga).toBeAllclose(gb, { atol: 1e-15 });
        const scaled = oneHot.map((v, j) => mass * v + (j % 3));
        softTargetCrossEntropyInto(b, gb, f, scaled, m, c);
        for (let i = 0; i < m; i++) {
          expect(sum(ga.subarray(i * c, i * c + c))).toBeAllclose(0, { atol: 1e-15 });
          expect(sum(gb.subarray(i * c, i * c + c))).toBeAllclose(0, { atol: 1e-14 });
        }
      }),
    );
  });

  test("the gradient of a saturated row keeps its small entries and its sum", () => {
    const grad = new Float64Array(2);
    softmaxCrossEntropyInto(new Float64Array(1), grad, Float64Array.of(50, 0), [0] as never, 1, 2);
    expect(grad).toBeAllclose([-Math.exp(-50), Math.exp(-50)], { rtol: 1e-15 });
  });

  test("a masked class costs nothing and has gradient 0, unless it is asked for", () => {
    const f = Float64Array.of(1, -Infinity, 2);
    const value = new Float64Array(1);
    const grad = new Float64Array(3);
    softTargetCrossEntropyInto(value, grad, f, Float64Array.of(0.5, 0, 0.5), 1, 3);
    expect(value[0]).toBeLessThan(Infinity);
    expect(grad[1]).toBeCloseTo(0, 16);
    softTargetCrossEntropyInto(value, grad, f, Float64Array.of(0.5, 0.1, 0.4), 1, 3);
    expect(value[0]).toBe(Infinity);
    softmaxCrossEntropyInto(value, grad, f, Int32Array.of(1), 1, 3);
    expect(value[0]).toBe(Infinity);
    expect([...grad].every(Number.isFinite)).toBe(true);
  });

  test("weights scale values, weights · cotangent the gradient; gradOut may be the logits", () => {
    const [value, plain] = [new Float64Array(n), new Float64Array(n)];
    const [grad, plainGrad] = [new Float64Array(n * k), new Float64Array(n * k)];
    const weights = Float64Array.of(0, 1, 2, 0.5, 4);
    const cotangent = Float64Array.of(3, -1, 2, 1, 0);
    for (const run of [
      (o: Float64Array, g: Float64Array, ...s: [Float64Array?, Float64Array?]) =>
        softmaxCrossEntropyInto(o, g, logits, labels, n, k, ...s),
      (o: Float64Array, g: Float64Array, ...s: [Float64Array?, Float64Array?]) =>
        softTargetCrossEntropyInto(o, g, logits, targets, n, k, ...s),
    ]) {
      run(plain, plainGrad);
      run(value, grad, weights, cotangent);
      expect(value).toBeAllclose(plain.map((v, i) => v * weights[i]!));
      expect(grad).toBeAllclose(
        plainGrad.map((v, j) => v * weights[Math.floor(j / k)]! * cotangent[Math.floor(j / k)]!),
        { atol: 1e-300 },
      );
    }
    const inPlace = logits.slice();
    softTargetCrossEntropyInto(value, inPlace, inPlace, targets, n, k);
    expect(inPlace).toEqual(plainGrad);
  });
});

describe("klDivergenceInto", () => {
  test("hand values: 0 for equal rows, log 2 for a half against a whole, +∞ off the support", () => {
    const half = Math.log(0.5);
    const u = Float64Array.of(half, half, 0, -Infinity, half, half);
    const v = Float64Array.of(half, half, half, half, 0, -Infinity);
    const out = new Float64Array(3);
    klDivergenceInto(out, u, v, 3, 2);
    expect(out).toBeAllclose([0, Math.LN2, Infinity]);
  });

  test("is the cross-entropy minus the entropy and not negative", () => {
    fc.assert(
      fc.property(rows(), rows(), (a, b) => {
        const k = Math.min(a.k, b.k);
        const u = logSoftmax(a.logits.slice(0, k), [k]);
        const v = logSoftmax(b.logits.slice(0, k), [k]);
        const out = new Float64Array(1);
        klDivergenceInto(out, u, v, 1, k);
        const p = softmax(a.logits.slice(0, k), [k]);
        expect(out[0]).toBeAllclose(sum(p.map((x, c) => x * (u[c]! - v[c]!))), {
          rtol: 1e-12,
          atol: 1e-14,
        });
        expect(out[0]).toBeGreaterThan(-1e-14);
      }),
    );
  });
});
