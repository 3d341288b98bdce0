import { scheduleFactor, TrainerError } from "@sd/trainer-gpu";
import { describe, expect, test } from "vitest";

describe("scheduleFactor", () => {
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
    expect(call).toThrow("unknown schedule `cosin`: expected one of constant, cosine, step");
  });

  test.each([-1, 11, Number.NaN])("epoch %s of 10 is refused", (epoch) => {
    expect(() => scheduleFactor({ name: "cosine" }, epoch, 10)).toThrow(TrainerError);
  });
});
