import { describe, expect, it } from "vitest";
import { withSetting, withSettings } from "../src/setting.ts";

describe("withSetting", () => {
  it("replaces a setting and leaves its neighbours and its argument alone", () => {
    const settings = { optimizer: { lr: 0.1, momentum: 0.9 }, epochs: 3 };
    expect(withSetting(settings, "optimizer.lr", 0.05)).toEqual({
      optimizer: { lr: 0.05, momentum: 0.9 },
      epochs: 3,
    });
    expect(settings.optimizer.lr).toBe(0.1);
  });

  it("makes the objects that are missing on the way", () => {
    expect(withSetting({}, "data.noise.rate", 0.4)).toEqual({ data: { noise: { rate: 0.4 } } });
  });

  it.each(["", "a..b", "a.", "__proto__.x", "a.constructor.b"])("refuses the path %j", (path) => {
    expect(() => withSetting({}, path, 1)).toThrow(/no path of settings/);
  });

  it("refuses a way through something that holds no settings", () => {
    expect(() => withSetting({ model: "lenet" }, "model.depth", 8)).toThrow(
      '`model.depth`: expected `model` to hold settings, got "lenet"',
    );
  });

  it("applies several in turn", () => {
    expect(withSettings({ a: 1 }, { "b.c": 2, "b.d": 3, a: 4 })).toEqual({
      a: 4,
      b: { c: 2, d: 3 },
    });
  });
});
