import { mean } from "@sd/math";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finite } from "../../../testing/arbitraries.ts";
import { MovingAverage } from "../src/index.ts";

const bad = (x: unknown): never => x as never;
const of = (w: number, running: number) => ({
  w: Float64Array.of(w),
  running: Float64Array.of(running),
});

describe("MovingAverage", () => {
  test("corrected: the mean of the weights from the first on, buffers as well", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(finite(10), finite(10)), { minLength: 1, maxLength: 50 }),
        (seen) => {
          const average = new MovingAverage();
          for (const [w, running] of seen) average.update(of(w, running));
          const close = { rtol: 1e-12, atol: 1e-13 };
          expect(average.average.w).toBeAllclose(mean(seen.map(([w]) => w)), close);
          expect(average.average.running).toBeAllclose(mean(seen.map(([, r]) => r)), close);
          expect(average.updates).toBe(seen.length);
        },
      ),
    );
  });

  test("paper: the independent start counts instead of the student's, buffers are left alone", () => {
    fc.assert(
      fc.property(
        finite(10),
        fc.array(finite(10), { minLength: 1, maxLength: 50 }),
        (start, steps) => {
          const average = new MovingAverage({
            ema: "paper",
            initial: of(start, -1),
            buffers: ["running"],
          });
          for (const w of steps) average.update(of(w, 5));
          const counted = [start, ...steps.slice(1)];
          expect(average.average.w).toBeAllclose(mean(counted), { rtol: 1e-12, atol: 1e-13 });
          expect(average.average.running).toEqual(Float64Array.of(-1));
        },
      ),
    );
  });

  test("paper copies its start; without buffers everything is averaged", () => {
    const initial = of(4, 8);
    const average = new MovingAverage({ ema: "paper", initial });
    expect(average.average).toEqual(initial);
    expect(average.average.w).not.toBe(initial.w);
    average.update(of(100, 100));
    average.update(of(0, 0));
    expect(average.average).toEqual(of(2, 4));
  });

  test.each(["corrected", "paper"] as const)("a state of %s continues exactly", (ema) => {
    const options = ema === "paper" ? { ema, initial: of(1, 2), buffers: ["running"] } : { ema };
    const average = new MovingAverage({ ...options, cap: 0.6 });
    for (const w of [1, 2, 3]) average.update(of(w, w));
    const restored = MovingAverage.fromState({ ...options, cap: 0.6 }, average.state());
    for (const one of [average, restored]) one.update(of(9, 9));
    expect(restored.state()).toEqual(average.state());
    expect(() => MovingAverage.fromState(options, { ...average.state(), updates: 0.5 })).toThrow(
      "updates",
    );
  });

  test.each([
    [{ cap: 1.1 }, "DOMAIN", "cap"],
    [{ ema: "other" }, "DOMAIN", "ema"],
    [{ ema: "paper" }, "DOMAIN", "initial"],
    [{ ema: "paper", initial: { w: [1] } }, "TYPE_MISMATCH", "initial.w"],
    [{ ema: "paper", initial: of(1, 1), buffers: ["other"] }, "DOMAIN", "buffers"],
    [{ initial: of(1, 1) }, "DOMAIN", "initial"],
    [{ buffers: ["w"] }, "DOMAIN", "buffers"],
  ])("bad options %#", (options, code, argument) => {
    expect(() => new MovingAverage(bad(options))).toThrow(
      expect.objectContaining({ code, argument }),
    );
  });

  test("weights that differ from the start are refused at the first call", () => {
    const average = new MovingAverage({ ema: "paper", initial: of(1, 1) });
    expect(() => average.update({ w: Float64Array.of(1) })).toThrow("running is missing");
    expect(average.updates).toBe(0);
    expect(() => new MovingAverage().update(bad({ w: [1] }))).toThrow(
      expect.objectContaining({ code: "TYPE_MISMATCH", argument: "weights.w" }),
    );
  });
});
