import { createRng } from "@sd/math/random";
import { describe, expect, test } from "vitest";
import { BetaSmoother, betaSmoothingTargets } from "../src/index.ts";

const bad = (x: unknown): never => x as never;
const confidences = Float64Array.of(0.5, 0.1, 0.9);
const labels = Uint8Array.of(1, 0, 2);

describe("BetaSmoother", () => {
  test("averages weights: the first call copies, then the mean of all, up to the cap", () => {
    const smoother = new BetaSmoother({ classes: 3, seed: 1 });
    const first = { kernel: Float32Array.of(0, 3), bias: Float64Array.of(9) };
    smoother.update(first);
    expect(smoother.average).toEqual(first);
    expect(smoother.average.kernel).not.toBe(first.kernel);
    smoother.update({ kernel: Float32Array.of(3, 3), bias: Float64Array.of(0) });
    smoother.update({ bias: Float64Array.of(0), kernel: Float32Array.of(6, 3) });
    expect(smoother.average.kernel).toBeAllclose([3, 3], { rtol: 1e-6 });
    expect(smoother.average.bias).toBeAllclose([3]);
    const capped = new BetaSmoother({ classes: 3, seed: 1, cap: 0 });
    capped.update({ w: Float64Array.of(1) });
    capped.update({ w: Float64Array.of(5) });
    expect(capped.average.w).toEqual(Float64Array.of(5));
  });

  test("in the mode paper the average starts from another initialisation", () => {
    const initial = { w: Float32Array.of(2) };
    const options = { classes: 3, seed: 1, ema: "paper", initial } as const;
    const smoother = new BetaSmoother(options);
    for (const w of [7, 4]) smoother.update({ w: Float32Array.of(w) });
    expect(smoother.average.w).toEqual(Float32Array.of(3));
    const copy = BetaSmoother.fromState(options, smoother.state());
    copy.update({ w: Float32Array.of(0) });
    expect(copy.average.w).toEqual(Float32Array.of(2));
  });

  test("targets are those of betaSmoothingTargets with its own stream, batch after batch", () => {
    const smoother = new BetaSmoother({ classes: 3, seed: 9, a: 2, beta: 1, mode: "reversed" });
    const rng = createRng(9).fork("beta-smoothing");
    for (let i = 0; i < 3; i++) {
      expect(smoother.targets(confidences, labels)).toEqual(
        betaSmoothingTargets(confidences, labels, [3, 3], { a: 2, beta: 1, rng, mode: "reversed" }),
      );
    }
    const out = new Float32Array(9);
    expect(smoother.targets(confidences, labels, out).targets).toBe(out);
  });

  test("a state continues exactly, also through JSON with the arrays apart", () => {
    const options = { classes: 3, seed: 4, mode: "shuffled" } as const;
    const smoother = new BetaSmoother(options);
    smoother.update({ w: Float32Array.of(1, 2) });
    smoother.targets(confidences, labels);
    smoother.update({ w: Float32Array.of(3, 5) });
    const { average, ...numbers } = smoother.state();
    const copy = BetaSmoother.fromState(
      { ...options, seed: 77 },
      { ...JSON.parse(JSON.stringify(numbers)), average: structuredClone(average) },
    );
    for (const one of [smoother, copy]) one.update({ w: Float32Array.of(-1, 0) });
    expect(copy.average).toEqual(smoother.average);
    expect(copy.targets(confidences, labels)).toEqual(smoother.targets(confidences, labels));
    expect(copy.state()).toEqual(smoother.state());
    // The snapshot does not change with what follows.
    expect(average.w).toEqual(Float32Array.of(2, 3.5));
  });

  test("warns by a value when some draws turn the target away from the label", () => {
    expect(new BetaSmoother({ classes: 10, seed: 1 }).warning).toBeUndefined();
    expect(new BetaSmoother({ classes: 2, seed: 1 }).warning).toBe(
      "with 2 classes and beta 1.5, a draw below 0.167 moves the target's largest entry away from " +
        "the label; such draws have the share 0.0046",
    );
  });

  test.each([
    [{ classes: 1, seed: 1 }, "DOMAIN", "classes"],
    [{ classes: 3, seed: 0.5 }, "DOMAIN", "seed"],
    [{ classes: 3 }, "TYPE_MISMATCH", "seed"],
    [{ classes: 3, seed: 1, a: 0 }, "DOMAIN", "a"],
    [{ classes: 3, seed: 1, beta: -1 }, "DOMAIN", "beta"],
    [{ classes: 3, seed: 1, cap: 2 }, "DOMAIN", "cap"],
    [{ classes: 3, seed: 1, mode: "other" }, "DOMAIN", "mode"],
  ])("bad options %o", (options, code, argument) => {
    expect(() => new BetaSmoother(bad(options))).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });

  test.each([
    [{}, "weights"],
    [{ w: Float64Array.of(1), v: Float64Array.of(1) }, "weights"],
    [{ w: Float64Array.of(1, 2) }, "weights.w"],
  ])(
    "weights that differ from the first are refused, and change nothing: %o",
    (weights, argument) => {
      const smoother = new BetaSmoother({ classes: 3, seed: 1 });
      smoother.update({ w: Float64Array.of(1) });
      const before = smoother.state();
      expect(() => smoother.update(weights as never)).toThrow(
        expect.objectContaining({ code: "SHAPE", argument }),
      );
      expect(smoother.state()).toEqual(before);
    },
  );

  test("a state with a bad count or stream is refused", () => {
    const options = { classes: 3, seed: 1 };
    const state = new BetaSmoother(options).state();
    expect(() => BetaSmoother.fromState(options, { ...state, updates: -1 })).toThrow("updates");
    expect(() => BetaSmoother.fromState(options, { ...state, rng: bad({}) })).toThrow("algorithm");
  });

  test("targets check the batch against the classes", () => {
    const smoother = new BetaSmoother({ classes: 2, seed: 1 });
    expect(() => smoother.targets(confidences, labels)).toThrow(
      expect.objectContaining({ code: "DOMAIN", argument: "labels" }),
    );
  });
});
