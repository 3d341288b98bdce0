import { afterEach, describe, expect, test, vi } from "vitest";
import { isSdError } from "../src/index.ts";
import * as plain from "../src/kernels.ts";
import { isInvertible, suits } from "../src/simd/limits.ts";
import { MAXIMUM_SIZE } from "../src/simd/workspace.ts";
import { hasSimd, loadSimdKernels, SIMD_MINIMUM_SIZE, SimdUnavailableError } from "../src/simd.ts";

describe("loadSimdKernels", () => {
  test("gives the same kernels at every call, and they work", async () => {
    expect(hasSimd()).toBe(true);
    const [a, b] = await Promise.all([loadSimdKernels(), loadSimdKernels()]);
    expect(a).toBe(b);
    const [n, k] = [SIMD_MINIMUM_SIZE, 3];
    const logits = Float32Array.from({ length: n * k }, (_, j) => Math.cos(j) * 5);
    const [got, wanted] = [new Float32Array(n * k), new Float32Array(n * k)];
    a.softmaxInto(got, logits, n, k);
    plain.softmaxInto(wanted, logits, n, k);
    expect(got).toBeAllclose(wanted, { rtol: 2 ** -23 });
  });

  test("has a twin of each kernel over rows that takes an exponential", async () => {
    const { argmaxInto: _, rowMax: __, rowSumExp: ___, ...kernels } = plain;
    expect(Object.keys(await loadSimdKernels()).sort()).toEqual(Object.keys(kernels).sort());
  });

  test("leaves Float64Arrays on either side to the JavaScript kernels, bit for bit", async () => {
    const simd = await loadSimdKernels();
    const [n, k] = [32, 5];
    const wide = Float64Array.from({ length: n * k }, (_, j) => Math.cos(j) * 5);
    const [single, labels] = [Float32Array.from(wide), new Int32Array(n)];
    const [a, b] = [new Float64Array(n * k), new Float64Array(n * k)];
    for (const logits of [wide, single]) {
      simd.softmaxInto(a, logits, n, k);
      plain.softmaxInto(b, logits, n, k);
      expect(a).toEqual(b);
      simd.logSoftmaxInto(a, logits, n, k, 3);
      plain.logSoftmaxInto(b, logits, n, k, 3);
      expect(a).toEqual(b);
      simd.softmaxCrossEntropyInto(new Float32Array(n), a, logits, labels, n, k);
      plain.softmaxCrossEntropyInto(new Float32Array(n), b, logits, labels, n, k);
      expect(a).toEqual(b);
      simd.softTargetCrossEntropyInto(new Float32Array(n), a, logits, wide, n, k);
      plain.softTargetCrossEntropyInto(new Float32Array(n), b, logits, wide, n, k);
      expect(a).toEqual(b);
      simd.klDivergenceInto(a, logits, wide, n, k);
      plain.klDivergenceInto(b, logits, wide, n, k);
      expect(a).toEqual(b);
      simd.logSumExpInto(a, logits, n, k);
      plain.logSumExpInto(b, logits, n, k);
      expect(a).toEqual(b);
      simd.softmaxEntropyInto(a, logits, n, k);
      plain.softmaxEntropyInto(b, logits, n, k);
      expect(a).toEqual(b);
    }
  });
});

describe("which batches run in SIMD", () => {
  const [single, double] = [new Float32Array(0), new Float64Array(0)];
  test.each([
    ["the smallest", 1, SIMD_MINIMUM_SIZE, single, single, true],
    ["one number less", 1, SIMD_MINIMUM_SIZE - 1, single, single, false],
    ["the largest", 2, MAXIMUM_SIZE / 2, single, single, true],
    ["one row more", 3, MAXIMUM_SIZE / 2, single, single, false],
    ["one class", 1000, 1, single, single, false],
    ["a Float64 out", 100, 10, double, single, false],
    ["Float64 logits", 100, 10, single, double, false],
    ["no rows", 0, 10, single, single, false],
  ] as const)("%s", (_, n, k, out, logits, wanted) => {
    expect(suits(SIMD_MINIMUM_SIZE, n, k, out, logits)).toBe(wanted);
  });

  test("temperatures whose inverse is a normal number", () => {
    expect([1, 1e-3, 1e9].map(isInvertible)).toEqual([true, true, true]);
    const others = [0, -1, Number.NaN, Infinity, Number.MIN_VALUE, Number.MAX_VALUE];
    expect(others.map(isInvertible)).toEqual(others.map(() => false));
  });
});

describe("where SIMD is missing", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  /** The subpath as it loads in an engine with this WebAssembly. */
  const loadWith = (webAssembly: unknown): Promise<typeof import("../src/simd.ts")> => {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", webAssembly);
    return import("../src/simd.ts");
  };

  test.each([
    ["there is no WebAssembly", undefined],
    ["WebAssembly is without SIMD", { validate: () => false }],
  ])("%s: hasSimd is false, loading rejects", async (_, webAssembly) => {
    const simd = await loadWith(webAssembly);
    expect(simd.hasSimd()).toBe(false);
    const error: unknown = await simd.loadSimdKernels().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(simd.SimdUnavailableError);
    expect(isSdError(error)).toBe(true);
    expect(error).toMatchObject({
      name: "SimdUnavailableError",
      code: "SIMD_UNAVAILABLE",
      functionName: "loadSimdKernels",
      argument: "WebAssembly",
      message:
        "loadSimdKernels: expected `WebAssembly` to have 128-bit SIMD, got an engine without",
    });
    expect((error as Error).cause).toBeUndefined();
  });

  test("the engine refuses to compile: the error carries its reason", async () => {
    const refusal = new Error("blocked by the content security policy");
    const simd = await loadWith({
      validate: () => true,
      instantiate: () => Promise.reject(refusal),
    });
    const error: unknown = await simd.loadSimdKernels().catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "SIMD_UNAVAILABLE", cause: refusal });
  });

  test("the class is an SdError of its own", () => {
    const error = new SimdUnavailableError("f", "to be there");
    expect(error.message).toBe("f: expected `WebAssembly` to be there");
    expect(isSdError(error)).toBe(true);
  });
});
