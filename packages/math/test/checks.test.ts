import { describe, expect, test } from "vitest";
import {
  checkChoice,
  checkFloats,
  checkLabels,
  checkLogits,
  checkNumber,
  checkPositiveFloats,
  checkShape,
  checkTargets,
  checkWeights,
  isFloatArray,
  resolveOut,
} from "../src/index.ts";

const bad = (x: unknown): never => x as never;

describe("checkShape", () => {
  test.each([
    [[3], 1, 3],
    [[2, 3], 2, 3],
    [[2, 4, 3], 8, 3],
    [[0, 3], 0, 3],
  ])("%o has its rows and classes", (shape, n, k) => {
    expect(checkShape("f", shape)).toEqual({ n, k });
  });

  test.each([
    [[], "SHAPE"],
    [[2, 0], "SHAPE"],
    [[-1, 3], "SHAPE"],
    [[1.5, 3], "SHAPE"],
    [[Number.NaN], "SHAPE"],
    [bad(3), "TYPE_MISMATCH"],
    [bad(undefined), "TYPE_MISMATCH"],
  ])("%o is refused", (shape, code) => {
    expect(() => checkShape("f", shape)).toThrow(
      expect.objectContaining({ code, argument: "shape" }),
    );
  });
});

describe("array checks", () => {
  const shape = [4, 3];

  test("the message names function, argument, length and shape", () => {
    expect(() => checkLabels("softmaxCrossEntropy", new Int32Array(10), 4, 3, shape)).toThrow(
      "softmaxCrossEntropy: expected `labels` to have length 4 for shape [4, 3], got 10",
    );
  });

  test.each([
    ["an Array", [1, 2], "got an Array"],
    ["integers", new Int32Array(12), "got Int32Array"],
    ["undefined", undefined, "got undefined"],
    ["an object", {}, "got an object"],
    ["a string", "12", 'got "12"'],
    ["a DataView", new DataView(new ArrayBuffer(12)), "got DataView"],
  ])("%s are no float array", (_, values, message) => {
    expect(() => checkFloats("f", "x", bad(values), 12, shape)).toThrow(message);
    expect(() => checkFloats("f", "x", bad(values), 12, shape)).toThrow(
      expect.objectContaining({ code: "TYPE_MISMATCH", argument: "x" }),
    );
  });

  test("labels may come in any integer typed array and must lie in range", () => {
    for (const Type of [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
    ]) {
      checkLabels("f", Type.of(0, 1, 2, 0), 4, 3, shape);
    }
    expect(() => checkLabels("f", Int32Array.of(0, 1, 3, 0), 4, 3, shape)).toThrow(
      "f: expected `labels` to lie in 0…2, got 3 at index 2",
    );
    expect(() => checkLabels("f", Int32Array.of(0, -1, 2, 0), 4, 3, shape)).toThrow("got -1");
    for (const labels of [Float32Array.of(0, 1, 2, 0), BigInt64Array.of(0n, 1n, 2n, 0n), [0]]) {
      expect(() => checkLabels("f", bad(labels), 4, 3, shape)).toThrow(
        expect.objectContaining({ code: "TYPE_MISMATCH" }),
      );
    }
  });

  test.each([[-1], [Number.NaN], [Infinity]])("targets and weights refuse %o", (value) => {
    const targets = new Float64Array(12);
    targets[7] = value;
    expect(() => checkTargets("f", targets, 4, 3, shape)).toThrow(
      `f: expected \`targets\` to be finite and not negative, got ${value} at index 7`,
    );
    expect(() => checkWeights("f", Float64Array.of(1, value, 1, 1), 4, shape)).toThrow(
      expect.objectContaining({ code: "DOMAIN", argument: "weights" }),
    );
  });

  test.each([[0], [-1], [Number.NaN], [Infinity]])("positive floats refuse %o", (value) => {
    checkPositiveFloats("f", "concentration", Float64Array.of(1, 1e-300), 2, [2]);
    expect(() =>
      checkPositiveFloats("f", "concentration", Float64Array.of(1, value), 2, [2]),
    ).toThrow(`f: expected \`concentration\` to be finite and > 0, got ${value} at index 1`);
  });

  test("logits are free: NaN and infinities pass", () => {
    expect(checkLogits("f", Float32Array.of(Number.NaN, -Infinity, Infinity), [3])).toEqual({
      n: 1,
      k: 3,
    });
    expect(() => checkLogits("f", new Float32Array(2), [3], "teacherLogits")).toThrow(
      expect.objectContaining({ code: "SHAPE", argument: "teacherLogits" }),
    );
  });

  test("isFloatArray goes by the tag", () => {
    expect(isFloatArray(new Float32Array(1))).toBe(true);
    expect(isFloatArray(new Float64Array(1))).toBe(true);
    expect(isFloatArray(new Int32Array(1))).toBe(false);
    expect(isFloatArray({ [Symbol.toStringTag]: "Float32Array" })).toBe(false);
  });
});

describe("checkNumber", () => {
  test("returns what it accepts", () => {
    expect(checkNumber("f", "x", 0.5, { min: 0, max: 1 })).toBe(0.5);
    expect(checkNumber("f", "x", -3, { integer: true })).toBe(-3);
  });

  test.each([
    [0, { min: 0, aboveMin: true }, "to be a finite number > 0, got 0"],
    [1, { min: 0, max: 1, belowMax: true }, "to be a finite number >= 0 and < 1, got 1"],
    [2, { max: 1 }, "to be a finite number <= 1, got 2"],
    [1.5, { integer: true, min: 1 }, "to be an integer >= 1, got 1.5"],
    [2 ** 53, { integer: true }, "to be an integer, got 9007199254740992"],
    [Number.NaN, {}, "to be a finite number, got NaN"],
    [Infinity, {}, "to be a finite number, got Infinity"],
    [bad("1"), {}, 'to be a number, got "1"'],
    [bad(1n), {}, "to be a number, got 1"],
  ])("%o within %o is refused", (value, interval, message) => {
    expect(() => checkNumber("f", "x", value, interval)).toThrow(message);
  });
});

describe("checkChoice", () => {
  test("returns one of the words and refuses others", () => {
    expect(checkChoice("f", "mode", "a", ["a", "b"])).toBe("a");
    expect(() => checkChoice("f", "mode", bad("c"), ["a", "b"])).toThrow(
      'f: expected `mode` to be "a" or "b", got "c"',
    );
    expect(() => checkChoice("f", "mode", bad(1), ["a"])).toThrow(
      expect.objectContaining({ code: "DOMAIN", argument: "mode" }),
    );
  });
});

describe("resolveOut", () => {
  test("gives the caller's array or a new Float64Array", () => {
    const out = new Float32Array(2);
    expect(resolveOut("f", out, 2, [2, 1])).toBe(out);
    expect(resolveOut("f", undefined, 2, [2, 1])).toEqual(new Float64Array(2));
  });

  test("refuses another length and another type", () => {
    expect(() => resolveOut("f", new Float64Array(3), 2, [2, 1])).toThrow(
      expect.objectContaining({ code: "SHAPE", argument: "out" }),
    );
    expect(() => resolveOut("f", bad(new Int8Array(2)), 2, [2, 1], "gradOut")).toThrow(
      expect.objectContaining({ code: "TYPE_MISMATCH", argument: "gradOut" }),
    );
  });
});
