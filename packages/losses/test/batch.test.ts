// Feature and relation losses: PyTorch's numbers, central differences, invariances, degenerate batches.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite } from "../../../testing/arbitraries.ts";
import {
  attentionTransfer,
  attentionTransferValueAndGrad,
  hint,
  hintValueAndGrad,
  rkdAngle,
  rkdAngleValueAndGrad,
  rkdDistance,
  rkdDistanceValueAndGrad,
  similarityPreserving,
  similarityPreservingValueAndGrad,
} from "../src/index.ts";
import fixture from "./fixtures/batch.json" with { type: "json" };

const bad = (x: unknown): never => x as never;
const f64 = (x: readonly number[]): Float64Array => Float64Array.from(x);
const CLOSE = { rtol: 1e-12, atol: 1e-14 };
const { n, d, e } = fixture;
const shape = [n, d];
const x = f64(fixture.x);
const z = f64(fixture.z);

/** The central difference of `value` at every element of `at`. */
function slopes(value: (v: Float64Array) => number, at: Float64Array, step = 1e-6): number[] {
  return Array.from(at, (_, j) => {
    const [up, down] = [at.slice(), at.slice()];
    up[j]! += step;
    down[j]! -= step;
    return (value(up) - value(down)) / (2 * step);
  });
}

const RELATIONS = [
  ["rkdDistance", rkdDistance, rkdDistanceValueAndGrad],
  ["rkdAngle", rkdAngle, rkdAngleValueAndGrad],
  ["similarityPreserving", similarityPreserving, similarityPreservingValueAndGrad],
] as const;

describe.each(RELATIONS)("%s", (name, value, valueAndGrad) => {
  test("agrees with PyTorch, the teacher having another width", () => {
    const expected = fixture[name];
    const result = valueAndGrad(x, z, shape);
    expect(value(x, z, shape)).toBeAllclose(expected.value, CLOSE);
    expect(result.value).toBeAllclose(expected.value, CLOSE);
    expect(result.grad).toBeAllclose(expected.grads[0]!, CLOSE);
  });

  test("the gradient is that of central differences", () => {
    fc.assert(
      fc.property(fc.array(finite(3), { minLength: n * d, maxLength: n * d }), (noise) => {
        // On top of the fixture, so that rows do not coincide: there is no derivative there.
        const at = x.map((v, j) => 4 * v + noise[j]! / 4);
        const { grad } = valueAndGrad(at, z, shape);
        const numeric = slopes((v) => value(v, z, shape), at);
        expect(grad).toBeAllclose(numeric, { rtol: 1e-5, atol: 1e-8 });
      }),
      { numRuns: 30 },
    );
  });

  test("is 0 against itself, and invariant to scale and rotation", () => {
    expect(value(x, x, shape)).toBe(0);
    const [c, s] = [Math.cos(1), Math.sin(1)];
    const turned = f64(
      Array.from(x, (v, j) => {
        const at = d * Math.floor(j / d);
        const [a, b] = [x[at]!, x[at + 1]!];
        return 3 * (j === at ? c * a - s * b : j === at + 1 ? s * a + c * b : v);
      }),
    );
    expect(value(turned, z, shape)).toBeAllclose(value(x, z, shape), { rtol: 1e-12 });
    expect(value(x, turned, shape)).toBeAllclose(0, { atol: 1e-28 });
  });

  test("row order changes nothing", () => {
    const turn = (v: Float64Array, width: number) =>
      v.map((_, j) => v[((Math.floor(j / width) + 2) % n) * width + (j % width)]!);
    expect(value(turn(x, d), turn(z, e), shape)).toBeAllclose(value(x, z, shape), CLOSE);
  });

  test("equal rows, zero rows and a single row are finite", () => {
    const equal = new Float64Array(n * d).fill(2);
    const zero = new Float64Array(n * d);
    for (const [a, b] of [
      [equal, z],
      [zero, z],
      [x, new Float64Array(n * e)],
    ] as const) {
      const { value: v, grad } = valueAndGrad(a, b, shape);
      expect([v, ...grad].every(Number.isFinite)).toBe(true);
    }
    const one = valueAndGrad(Float64Array.of(1, 2), Float64Array.of(3), [1, 2]);
    expect(one.value).toBe(0);
    expect(one.grad).toBeAllclose([0, 0], { atol: 1e-15 });
  });

  test("gradOut is filled and returned", () => {
    const gradOut = new Float32Array(n * d);
    const { grad } = valueAndGrad(x, z, shape, { gradOut });
    expect(grad).toBe(gradOut);
    expect(gradOut).toEqual(Float32Array.from(valueAndGrad(x, z, shape).grad));
  });

  test.each([
    [x, z, [n * d], "SHAPE", "shape"],
    [x, z, [n, 0], "SHAPE", "shape"],
    [x, z, bad(undefined), "SHAPE", "shape"],
    [x.subarray(1), z, shape, "SHAPE", "features"],
    [x, z.subarray(1), shape, "SHAPE", "teacherFeatures"],
    [x, new Float64Array(0), shape, "SHAPE", "teacherFeatures"],
    [bad([1]), z, shape, "TYPE_MISMATCH", "features"],
    [x, bad([1]), shape, "TYPE_MISMATCH", "teacherFeatures"],
  ])("bad input %#", (a, b, s, code, argument) => {
    for (const call of [value, valueAndGrad]) {
      expect(() => call(a, b, s)).toThrow(expect.objectContaining({ code, argument }));
    }
  });
});

describe("relations that are not those of the teacher", () => {
  test("RKD ignores shifts, the similarities do not", () => {
    const moved = x.map((v) => v + 3);
    expect(rkdDistance(moved, z, shape)).toBeAllclose(rkdDistance(x, z, shape), CLOSE);
    expect(rkdAngle(moved, z, shape)).toBeAllclose(rkdAngle(x, z, shape), { rtol: 1e-11 });
    expect(similarityPreserving(moved, z, shape)).not.toBeCloseTo(
      similarityPreserving(x, z, shape),
      3,
    );
  });

  test("hand values: three points on a line against an even spacing", () => {
    // Distances 1, 2, 3 and 1, 1, 2: ψ are 1/2, 1, 3/2 and 3/4, 3/4, 3/2.
    const value = rkdDistance(Float64Array.of(0, 1, 3), Float64Array.of(0, 1, 2), [3, 1]);
    expect(value).toBeAllclose((2 * (1 / 32 + 1 / 32)) / 9, { rtol: 1e-14 });
    // On a line every cosine is ±1; the middle point sees the outer ones at −1 on both sides.
    expect(rkdAngle(Float64Array.of(0, 1, 3), Float64Array.of(0, 1, 2), [3, 1])).toBe(0);
    // The middle point moved out turns two cosines of it and two of the new middle by 2: huber 1.5.
    expect(rkdAngle(Float64Array.of(0, 5, 3), Float64Array.of(0, 1, 2), [3, 1])).toBeAllclose(
      (4 * 1.5) / 27,
      { rtol: 1e-14 },
    );
    const orthogonal = Float64Array.of(1, 0, 0, 1);
    const parallel = Float64Array.of(1, 0, 1, 0);
    const gap = 2 * ((1 - Math.SQRT1_2) ** 2 + 0.5);
    expect(similarityPreserving(orthogonal, parallel, [2, 2])).toBeAllclose(gap / 4);
  });
});

test("relations see the whole batch: its value is not made of those of its halves", () => {
  const other = f64(fixture.same);
  for (const loss of [rkdDistance, rkdAngle, similarityPreserving]) {
    const of = (first: number, end: number): number =>
      loss(x.slice(first * d, end * d), other.slice(first * d, end * d), [end - first, d]);
    const [whole, parts] = [of(0, 4), of(0, 2) + of(2, 4)];
    expect(Math.abs(parts - whole)).toBeGreaterThan(1e-3 * whole);
    expect(Math.abs(parts / 2 - whole)).toBeGreaterThan(1e-3 * whole);
  }
});

describe("hint", () => {
  test("agrees with PyTorch, with a projection and without", () => {
    const plain = hintValueAndGrad(x, f64(fixture.same), shape);
    expect(hint(x, f64(fixture.same), shape)).toBeAllclose(fixture.hint.value, CLOSE);
    expect(plain.value).toBeAllclose(fixture.hint.value, CLOSE);
    expect(plain.grad).toBeAllclose(fixture.hint.grads[0]!, CLOSE);
    expect(plain.projectionGrad).toBeUndefined();
    const projection = f64(fixture.projection);
    const projected = hintValueAndGrad(x, z, shape, { projection });
    expect(projected.value).toBeAllclose(fixture.projectedHint.value, CLOSE);
    expect(projected.grad).toBeAllclose(fixture.projectedHint.grads[0]!, CLOSE);
    expect(projected.projectionGrad!).toBeAllclose(fixture.projectedHint.grads[1]!, CLOSE);
    expect(hint(x, z, shape, { projection })).toBe(projected.value);
  });

  test("the gradients are those of central differences; gradOut is filled", () => {
    const projection = f64(fixture.projection);
    const gradOut = new Float64Array(n * d);
    const result = hintValueAndGrad(x, z, shape, { projection, gradOut });
    expect(result.grad).toBe(gradOut);
    expect(gradOut).toBeAllclose(
      slopes((v) => hint(v, z, shape, { projection }), x),
      { rtol: 1e-6, atol: 1e-9 },
    );
    expect(result.projectionGrad!).toBeAllclose(
      slopes((w) => hint(x, z, shape, { projection: w }), projection),
      { rtol: 1e-6, atol: 1e-9 },
    );
  });

  test.each([
    [x, z, shape, {}, "SHAPE", "teacherFeatures"],
    [x, z, shape, { projection: new Float64Array(3) }, "SHAPE", "projection"],
    [x, x, shape, { gradOut: new Float64Array(3) }, "SHAPE", "gradOut"],
    [x, x, [n, d, 1], {}, "SHAPE", "shape"],
  ])("bad input %#", (a, b, s, options, code, argument) => {
    expect(() => hintValueAndGrad(a, b, s, options)).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});

describe("attentionTransfer", () => {
  const maps = f64(fixture.maps);
  const mapShape = fixture.mapShape;

  test.each(fixture.attentionTransfer)(
    "agrees with PyTorch and central differences: teacher $shape, power $power",
    ({ teacher, shape: teacherShape, power, value, grads }) => {
      const t = f64(teacher);
      const of = (v: Float64Array) => attentionTransfer(v, mapShape, t, teacherShape, { power });
      const result = attentionTransferValueAndGrad(maps, mapShape, t, teacherShape, { power });
      expect(of(maps)).toBeAllclose(value, CLOSE);
      expect(result.value).toBeAllclose(value, CLOSE);
      expect(result.grad).toBeAllclose(grads[0]!, CLOSE);
      expect(result.grad).toBeAllclose(slopes(of, maps), { rtol: 1e-4, atol: 1e-8 });
    },
  );

  test("is 0 against itself and invariant to a scale; zero maps stay 0", () => {
    expect(attentionTransfer(maps, mapShape, maps, mapShape)).toBe(0);
    const scaled = maps.map((v) => -3 * v);
    expect(attentionTransfer(scaled, mapShape, maps, mapShape)).toBeAllclose(0, { atol: 1e-30 });
    const zero = new Float64Array(maps.length);
    const { value, grad } = attentionTransferValueAndGrad(zero, mapShape, maps, mapShape);
    // Unit vectors of 20 elements against 0.
    expect(value).toBeAllclose(1 / 20, { rtol: 1e-14 });
    expect(grad.every((v) => v === 0)).toBe(true);
  });

  test("gradOut is filled and returned", () => {
    const gradOut = new Float32Array(maps.length);
    const result = attentionTransferValueAndGrad(maps, mapShape, maps, mapShape, { gradOut });
    expect(result.grad).toBe(gradOut);
  });

  test.each([
    [maps, [2, 3, 20], maps, mapShape, {}, "SHAPE", "shape"],
    [maps.subarray(1), mapShape, maps, mapShape, {}, "SHAPE", "features"],
    [maps, mapShape, maps.subarray(1), mapShape, {}, "SHAPE", "teacherFeatures"],
    [maps, mapShape, maps, [3, 2, 5, 4], {}, "SHAPE", "teacherShape"],
    [maps, mapShape, maps, [2, 3, 4, 5], {}, "SHAPE", "teacherShape"],
    [maps, mapShape, maps, mapShape, { power: 0.5 }, "DOMAIN", "power"],
    [bad([1]), mapShape, maps, mapShape, {}, "TYPE_MISMATCH", "features"],
  ])("bad input %#", (a, s, b, teacherShape, options, code, argument) => {
    expect(() => attentionTransferValueAndGrad(a, s, b, teacherShape, options)).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });
});
