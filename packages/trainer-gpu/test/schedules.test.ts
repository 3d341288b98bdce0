import { type ScheduleOptions, scheduleFactor, TrainerError } from "@sd/trainer-gpu";
import { describe, expect, test } from "vitest";
import fixture from "./fixtures/schedules.json" with { type: "json" };

describe("scheduleFactor", () => {
  test.each(fixture.cases)("$options equals torch.optim.lr_scheduler's", ({ options, rates }) => {
    const factors = rates.map((_, epoch) =>
      scheduleFactor(options as ScheduleOptions, epoch, fixture.epochs),
    );
    // PyTorch's cosine is a product of as many factors as there were steps.
    expect(factors).toBeAllclose(rates, { rtol: 1e-10, atol: 1e-12 });
  });

  test("constant stays at 1", () => {
    expect([0, 3.5, 10].map((e) => scheduleFactor({ name: "constant" }, e, 10))).toEqual([1, 1, 1]);
  });

  test("cosine goes from 1 through ½ to 0, and only down", () => {
    const at = (epoch: number): number => scheduleFactor({ name: "cosine" }, epoch, 10);
    expect([at(0), at(5), at(10)]).toBeAllclose([1, 0.5, 0], { atol: 1e-15 });
    for (let e = 0; e < 10; e += 0.25) expect(at(e + 0.25)).toBeLessThan(at(e));
  });

  test("step multiplies from each milestone on, fractional ones too", () => {
    const options = { name: "step", milestones: [100 / 3, 200 / 3] } as const;
    const at = (epoch: number): number => scheduleFactor(options, epoch, 100);
    expect([0, 33, 33.34, 66, 67, 100].map(at)).toBeAllclose([1, 1, 0.1, 0.1, 0.01, 0.01]);
    expect(scheduleFactor({ ...options, factor: 0.5 }, 70, 100)).toBe(0.25);
  });

  test("an unknown name lists the known ones", () => {
    const call = (): number => scheduleFactor({ name: "cosin" as "cosine" }, 0, 1);
    expect(call).toThrow(
      "unknown schedule `cosin`: expected one of constant, cosine, step, one-cycle",
    );
  });

  test("milestones are counted from the start of training, warm-up or not", () => {
    const options = { name: "step", milestones: [20], warmup: { epochs: 10 } } as const;
    const at = (epoch: number): number => scheduleFactor(options, epoch, 40);
    expect([0, 5, 10, 19.9, 20].map(at)).toBeAllclose([1 / 3, 2 / 3, 1, 1, 0.1]);
  });

  test("one cycle ends at its last factor", () => {
    const options = { name: "one-cycle", peak: 0.5, startFactor: 0, endFactor: 0.25 } as const;
    const at = (epoch: number): number => scheduleFactor(options, epoch, 8);
    expect([0, 2, 4, 6, 8].map(at)).toBeAllclose([0, 0.5, 1, 0.625, 0.25], { atol: 1e-15 });
  });

  test.each([
    [{ name: "one-cycle", peak: 1 }, "`peak`: expected a number in (0, 1), got 1"],
    [{ name: "cosine", warmup: { epochs: 10 } }, "`warmup.epochs`: expected a positive number"],
    [{ name: "cosine", warmup: { epochs: 0 } }, "below 10, got 0"],
    [{ name: "step", warmup: { epochs: 1, factor: 2 } }, "`warmup.factor`"],
  ] as [ScheduleOptions, string][])("%j is refused", (options, message) => {
    expect(() => scheduleFactor(options, 0, 10)).toThrow(message);
  });

  test.each([-1, 11, Number.NaN])("epoch %s of 10 is refused", (epoch) => {
    expect(() => scheduleFactor({ name: "cosine" }, epoch, 10)).toThrow(TrainerError);
  });
});
