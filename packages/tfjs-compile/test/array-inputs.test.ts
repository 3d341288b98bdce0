import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileProgram, type Inputs } from "../src/index.ts";
import { use } from "./engines.ts";

const entries = {
  normalise({ images, mean }: { images: tf.Tensor; mean: tf.Tensor }) {
    return { normalised: tf.div(tf.sub(images, mean), 255), images };
  },
};

const makeProgram = () =>
  compileProgram({
    variables: {},
    entries,
    specs: { normalise: [{ images: { shape: [2, 3], dtype: "uint8" }, mean: { shape: [3] } }] },
  });

const mean = (): tf.Tensor => tf.tensor1d([1, 2, 3]);
const handles = (): number | undefined =>
  (tf.backend() as { binding?: { getNumOfTensors(): number } }).binding?.getNumOfTensors();

describe.each(["cpu", "wasm", "tensorflow"] as const)("on %s bytes", (backend) => {
  test("reach the step as numbers", async (context) => {
    await use(backend, context);
    const program = makeProgram();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 6, maxLength: 6 }), async (bytes) => {
        const { images, normalised } = program.run("normalise", { images: bytes, mean: mean() });
        expect([images.shape, images.dtype]).toEqual([[2, 3], "float32"]);
        expect([...images.dataSync()]).toEqual([...bytes]);
        const expected = [...bytes].map((byte, i) => (byte - 1 - (i % 3)) / 255);
        expect(normalised.dataSync()).toBeAllclose(expected, { rtol: 1e-6, atol: 1e-7 });
        tf.dispose([images, normalised]);
      }),
      { numRuns: 20 },
    );
    program.dispose();
  });

  test("may be part of a larger buffer, and are left as they are", async (context) => {
    await use(backend, context);
    const program = makeProgram();
    const file = Uint8Array.from({ length: 20 }, (_, i) => i);
    const input = mean();
    const run = () => tf.dispose(program.run("normalise", { images, mean: input }));
    const images = file.subarray(3, 9);
    run();
    const before = [tf.memory().numTensors, handles()];
    const outputs = program.run("normalise", { images, mean: input });
    expect([...outputs.images.dataSync()]).toEqual([3, 4, 5, 6, 7, 8]);
    tf.dispose(outputs);
    run();
    expect([tf.memory().numTensors, handles()]).toEqual(before);
    expect([...file]).toEqual([...file.keys()]);
    program.dispose();
  });

  test("may be any number of rows", async (context) => {
    await use(backend, context);
    const program = makeProgram();
    for (const rows of [1, 5]) {
      const images = new Uint8Array(3 * rows).fill(rows);
      const outputs = program.run("normalise", { images, mean: mean() });
      expect(outputs.images.shape).toEqual([rows, 3]);
      expect(tf.sum(outputs.images).dataSync()[0]).toBe(3 * rows * rows);
    }
    program.dispose();
  });

  test("may be numbers, or a tensor, in one run and bytes in another", async (context) => {
    await use(backend, context);
    const program = makeProgram();
    const bytes = Uint8Array.of(0, 50, 100, 150, 200, 250);
    const numbers = new Float32Array(bytes);
    const tensor = tf.tensor2d(numbers, [2, 3]);
    const centre = Float32Array.of(1, 2, 3);
    const run = () =>
      [bytes, numbers, tensor, bytes].map(
        (images) => program.values("normalise", { images, mean: centre }).normalised,
      );
    run();
    const before = [tf.memory().numTensors, handles()];
    const [first, ...others] = run();
    expect([tf.memory().numTensors, handles()]).toEqual(before);
    expect(first).toBeInstanceOf(Float32Array);
    for (const other of others) expect(other).toEqual(first);
    program.dispose();
  });

  test.for<[string, Inputs, string, RegExp]>([
    [
      "that are no rows",
      { images: new Uint8Array(7) },
      "ERR_INPUT_SHAPE",
      /rows of \[2, 3\], got 7/,
    ],
    [
      "where other elements are due",
      { images: new Int32Array(6) },
      "ERR_INPUT_DTYPE",
      /`images`.*dtype uint8, got int32/,
    ],
    ["of an input that is not there", { other: new Uint8Array(3) }, "ERR_INPUT_TENSOR", /`other`/],
  ])("are refused %s", async ([, inputs, code, message], context) => {
    await use(backend, context);
    const program = makeProgram();
    const good = { images: new Uint8Array(6), mean: mean() };
    program.run("normalise", good);
    const attempt = () => program.run("normalise", { ...good, ...(inputs as object) });
    expect(attempt).toThrow(expect.objectContaining({ code, entry: "normalise" }));
    expect(attempt).toThrow(message);
    program.dispose();
  });
});
