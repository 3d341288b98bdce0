// Random numbers from seeds: the same on every engine, and drawn anew in each replay.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { compileProgram, dropout, statelessNormal, statelessUniform } from "../src/index.ts";
import { philoxNormal, philoxUniform } from "../src/lowering/philox.ts";
import { onNative, use } from "./engines.ts";

const SEEDS = [
  [0, 0],
  [1, 2],
  [-3, 2_147_483_647],
  [-2_147_483_648, 77],
] as const;
const seedOf = (seed: readonly number[]): tf.Tensor1D => tf.tensor1d([...seed], "int32");

describe("TensorFlow's numbers", () => {
  onNative();

  test.each(SEEDS)("of the seed %d, %d are those of JavaScript", (...seed) => {
    for (const size of [1, 7, 1000]) {
      const uniform = statelessUniform([size], seedOf(seed)).dataSync();
      expect(uniform).toEqual(philoxUniform(size, Int32Array.from(seed)));
      const normal = statelessNormal([size], seedOf(seed)).dataSync();
      // float32 logarithms, sines and cosines
      expect(normal).toBeAllclose(philoxNormal(size, Int32Array.from(seed)), {
        rtol: 1e-4,
        atol: 1e-5,
      });
    }
  });
});

describe.each(["cpu", "wasm", "tensorflow"] as const)("on %s", (backend) => {
  test("a step draws by the seed that it is given", async (context) => {
    await use(backend, context);
    const program = compileProgram({
      variables: {},
      entries: {
        draw: ({ seed }: { seed: tf.Tensor1D }) => ({
          uniform: statelessUniform([3, 5], seed),
          normal: statelessNormal([4], seed),
        }),
      },
      specs: { draw: [{ seed: { shape: [2], dtype: "int32" } }] },
    });
    for (const seed of SEEDS) {
      const given = Int32Array.from(seed);
      const { uniform, normal } = program.values("draw", { seed: given });
      expect(uniform).toEqual(philoxUniform(15, given));
      expect(normal).toBeAllclose(philoxNormal(4, given), { rtol: 1e-4, atol: 1e-5 });
    }
    program.dispose();
  });

  test("dropout keeps the mean, and its gradient passes where it does", async (context) => {
    await use(backend, context);
    const seed = seedOf([5, 6]);
    const x = tf.ones([100, 100]);
    const y = dropout(x, 0.25, seed).dataSync();
    const values = new Set(y);
    expect([...values].sort()).toEqual([0, Math.fround(4 / 3)]);
    const zeros = y.filter((v) => v === 0).length;
    expect(zeros / y.length).toBeCloseTo(0.25, 1);
    const gradient = tf
      .grad((t) => tf.sum(dropout(t, 0.25, seed)))(x)
      .dataSync();
    expect(gradient).toEqual(y);
    expect(dropout(x, 0, seed).dataSync()).toEqual(x.dataSync());
  });
});

test("the host's numbers look uniform and normal", () => {
  const size = 100_000;
  const moments = (x: Float32Array): [number, number] => {
    const mean = x.reduce((a, b) => a + b, 0) / size;
    return [mean, x.reduce((a, b) => a + (b - mean) ** 2, 0) / size];
  };
  const uniform = moments(philoxUniform(size, Int32Array.of(1, 1)));
  expect(uniform).toBeAllclose([1 / 2, 1 / 12], { rtol: 0.01 });
  const [mean, variance] = moments(philoxNormal(size, Int32Array.of(1, 1)));
  expect(Math.abs(mean)).toBeLessThan(0.01);
  expect(variance).toBeCloseTo(1, 1);
});

test.each([
  [-0.1, /rate/],
  [1, /rate/],
  [Number.NaN, /rate/],
])("dropout refuses the rate %d", async (rate, message) => {
  await tf.setBackend("cpu");
  expect(() => dropout(tf.ones([2]), rate, seedOf([1, 2]))).toThrow(message);
});

test("seeds that are not two integers are refused", async () => {
  await tf.setBackend("cpu");
  expect(() => statelessUniform([2], tf.tensor1d([1, 2]))).toThrow(
    /int32 of shape \[2\], got float32/,
  );
  expect(() => statelessNormal([2], tf.tensor1d([1], "int32"))).toThrow(/got int32 \[1\]/);
});
