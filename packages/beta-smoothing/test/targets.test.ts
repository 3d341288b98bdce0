import { argmax, mean, sum } from "@sd/math";
import { createRng, type Rng } from "@sd/math/random";
import { epsilonOthersFromBetaSmoothing } from "@sd/priors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argmaxThreshold, betaSmoothingTargets, sortedBeta } from "../src/index.ts";
import fixture from "./fixtures/beta_smoothing.json" with { type: "json" };

const bad = (x: unknown): never => x as never;
const labels = Int32Array.from(fixture.labels);
const shape = [fixture.m, fixture.k];
const confidences = Float64Array.from(fixture.confidences);
const { a, beta } = fixture;

describe("betaSmoothingTargets", () => {
  test("agrees with numpy on given uniforms, a tie included", () => {
    const left = [...fixture.uniforms];
    const rng = { uniform: () => left.shift()! } as Rng;
    const { targets, b } = betaSmoothingTargets(confidences, labels, shape, { a, beta, rng });
    expect(b).toBeAllclose(fixture.b, { rtol: 1e-14 });
    expect(targets).toBeAllclose(fixture.targets, { rtol: 1e-13 });
    expect(left).toEqual([]);
  });

  test("rows lie on the simplex, b is the sorted draws reordered, a seed repeats", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom("ranked", "reversed", "shuffled"),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (seed, mode, shapeA, mass) => {
          const options = { a: shapeA, beta: mass, mode } as const;
          const run = () =>
            betaSmoothingTargets(confidences, labels, shape, { ...options, rng: createRng(seed) });
          const { targets, b } = run();
          for (let i = 0; i < fixture.m; i++) {
            const row = targets.subarray(i * fixture.k, (i + 1) * fixture.k);
            expect(sum(row)).toBeAllclose(1, { rtol: 1e-14 });
            expect(row[labels[i]!]).toBeAllclose((1 + mass * b[i]!) / (1 + mass), { rtol: 1e-13 });
          }
          const draws = sortedBeta(createRng(seed), fixture.m, shapeA);
          expect(b.slice().sort()).toEqual(draws);
          expect(run()).toEqual({ targets, b });
        },
      ),
    );
  });

  test("the mean mass on the other classes is β/(1+β) · 1/(a+1)", () => {
    const m = 20_000;
    const { targets } = betaSmoothingTargets(
      Float64Array.from({ length: m }, (_, i) => i / m),
      new Int32Array(m),
      [m, 3],
      { a, beta, rng: createRng(1) },
    );
    const others = Float64Array.from({ length: m }, (_, i) => 1 - targets[3 * i]!);
    const expected = epsilonOthersFromBetaSmoothing(beta, a);
    expect(expected).toBeAllclose(0.15, { rtol: 1e-14 });
    // The standard deviation of one is 0.6 √(3/80) = 0.116.
    expect(Math.abs(mean(others) - expected)).toBeLessThan((4 * 0.116) / Math.sqrt(m));
  });

  test("the batch matters: its rows are not those of its halves, and follow a new order", () => {
    const options = { a, beta };
    const of = (c: Float64Array, y: Int32Array) =>
      betaSmoothingTargets(c, y, [c.length, fixture.k], { ...options, rng: createRng(4) });
    const distinct = Float64Array.of(0.3, 0.9, 0.1, 0.6);
    const y = Int32Array.of(0, 1, 2, 0);
    const whole = of(distinct, y);
    const half = of(distinct.slice(0, 2), y.slice(0, 2));
    expect(half.b).not.toEqual(whole.b.slice(0, 2));
    const turned = of(distinct.slice().reverse(), y.slice().reverse());
    expect(turned.b).toEqual(whole.b.slice().reverse());
  });

  test("a large a leaves the label; a tiny one puts all of β on the others", () => {
    const sharp = betaSmoothingTargets(confidences, labels, shape, {
      a: 1e12,
      beta,
      rng: createRng(2),
    });
    labels.forEach((y, i) => {
      expect(sharp.targets[i * fixture.k + y]).toBeAllclose(1, { rtol: 1e-9 });
    });
    const flat = betaSmoothingTargets(confidences, labels, shape, {
      a: 1e-9,
      beta,
      rng: createRng(2),
    });
    expect(flat.targets[labels[0]!]).toBeAllclose(1 / (1 + beta), { rtol: 1e-12 });
  });

  test("one-hot rows as labels give the same; a float32 out is filled", () => {
    const oneHot = new Float32Array(fixture.m * fixture.k);
    labels.forEach((y, i) => {
      oneHot[i * fixture.k + y] = 1;
    });
    const out = new Float32Array(fixture.m * fixture.k);
    const soft = betaSmoothingTargets(confidences, oneHot, shape, {
      a,
      beta,
      rng: createRng(3),
      out,
    });
    expect(soft.targets).toBe(out);
    const hard = betaSmoothingTargets(confidences, labels, shape, { a, beta, rng: createRng(3) });
    expect(out).toEqual(Float32Array.from(hard.targets));
    expect(soft.b).toEqual(hard.b);
  });

  test.each([
    [new Float64Array(3), labels, shape, {}, "SHAPE", "confidences"],
    [new Float64Array(fixture.m).fill(Number.NaN), labels, shape, {}, "DOMAIN", "confidences"],
    [confidences, new Int32Array(fixture.m).fill(7), shape, {}, "DOMAIN", "labels"],
    [confidences, labels, [fixture.m, 1], {}, "DOMAIN", "shape"],
    [confidences, labels, shape, { a: 0 }, "DOMAIN", "a"],
    [confidences, labels, shape, { beta: -1 }, "DOMAIN", "beta"],
    [confidences, labels, shape, { mode: bad("other") }, "DOMAIN", "mode"],
    [confidences, labels, shape, { out: new Float64Array(2) }, "SHAPE", "out"],
  ])("bad input %#", (c, y, s, options, code, argument) => {
    const call = () => betaSmoothingTargets(c, y, s, { a, beta, rng: createRng(0), ...options });
    expect(call).toThrow(expect.objectContaining({ code, argument }));
  });
});

describe("argmaxThreshold", () => {
  test("is 1/6 for k = 2 and β = 1.5, 0 from k = β + 1 on", () => {
    expect(argmaxThreshold(2, 1.5)).toBeAllclose(1 / 6, { rtol: 1e-15 });
    expect([argmaxThreshold(2, 1), argmaxThreshold(3, 1.5), argmaxThreshold(4, 3)]).toEqual([
      0, 0, 0,
    ]);
  });

  test("draws below it, and only those, move the argmax", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.double({ min: 0.1, max: 12, noNaN: true }),
        fc.integer(),
        (classes, mass, seed) => {
          const m = 20;
          const y = new Int32Array(m);
          const { targets, b } = betaSmoothingTargets(new Float64Array(m), y, [m, classes], {
            a: 0.5,
            beta: mass,
            rng: createRng(seed),
          });
          const threshold = argmaxThreshold(classes, mass);
          argmax(targets, [m, classes]).forEach((c, i) => {
            if (Math.abs(b[i]! - threshold) > 1e-9) expect(c !== 0).toBe(b[i]! < threshold);
          });
        },
      ),
    );
  });

  test.each([
    [1, 1.5, "classes"],
    [2.5, 1, "classes"],
    [2, -1, "beta"],
    [2, Number.NaN, "beta"],
  ])("bad input %o, %o", (classes, mass, argument) => {
    expect(() => argmaxThreshold(classes, mass)).toThrow(
      expect.objectContaining({ code: "DOMAIN", argument }),
    );
  });
});
