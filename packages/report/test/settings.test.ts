import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonical,
  cellTitles,
  differingPaths,
  leavesOf,
  settingsAt,
  settingsText,
} from "../src/settings.ts";

/** What tells each of some configurations from the others, in words. */
function told(configs: readonly object[]): string[] {
  const leaves = configs.map((config) => leavesOf(config));
  const paths = differingPaths(leaves);
  return leaves.map((own) => settingsText(settingsAt(own, paths)));
}

describe("what differs, in words", () => {
  test.each([
    [
      [{ data: { noise: { rate: 0.2 } } }, { data: { noise: { rate: 0.4 } } }],
      ["noise rate 0.2", "noise rate 0.4"],
    ],
    [
      [{ optimizer: { learningRate: 0.1 } }, { optimizer: { learningRate: 1 } }],
      ["learning rate 0.1", "learning rate 1"],
    ],
    [
      [
        { model: "mlp", epochs: 3 },
        { model: "lenet", epochs: 3 },
      ],
      ["model mlp", "model lenet"],
    ],
    [
      [{ data: { noise: { kind: "symmetric", rate: 0.2 } } }, { data: {} }],
      ["noise kind symmetric, noise rate 0.2", "no noise"],
    ],
    [
      [
        { data: { noise: { kind: "symmetric", rate: 0.2 } } },
        { data: { noise: { kind: "symmetric", rate: 0.4 } } },
        { data: { name: "digits" } },
      ],
      ["noise rate 0.2, no data", "noise rate 0.4, no data", "no noise, data digits"],
    ],
    [
      [{ augment: { images: [{ name: "flip", options: {} }] } }, {}],
      ["augmentation flip", "no augmentation"],
    ],
    [
      [
        { augment: { images: [{ name: "crop", options: { padding: 4 } }, { name: "flip" }] } },
        { augment: { images: [] } },
      ],
      ["augmentation crop (padding 4) + flip", "no augmentation"],
    ],
    [
      [{ extra: {} }, { extra: 1 }],
      ["extra empty", "extra 1"],
    ],
  ])("%j", (configs, expected) => {
    expect(told(configs)).toEqual(expected);
  });

  test("nothing differs between equal configurations", () => {
    fc.assert(
      fc.property(fc.object(), (config) => {
        expect(told([config, structuredClone(config)])).toEqual(["", ""]);
      }),
    );
  });
});

test("equal objects have equal text, whatever the order of their fields", () => {
  expect(canonical({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(canonical({ b: [{ d: 3, c: 2 }], a: 1 }));
  expect(canonical({ a: [1, 2] })).not.toBe(canonical({ a: [2, 1] }));
  expect(canonical(undefined)).toBe("null");
});

describe("titles", () => {
  const settings = (values: Readonly<Record<string, string | number>>) =>
    Object.entries(values).map(([name, value]) => ({ name, value }));

  test("all of few settings", () => {
    expect(cellTitles([settings({ a: 1, b: 1 }), settings({ a: 1, b: 2 })])).toEqual([
      "a 1, b 1",
      "a 1, b 2",
    ]);
  });

  test("of many no more than is needed", () => {
    const cells = [
      settings({ a: 1, b: 1, c: 1, d: 1 }),
      settings({ a: 1, b: 2, c: 2, d: 1 }),
      settings({ a: 2, b: 1, c: 2, d: 2 }),
    ];
    expect(cellTitles(cells)).toEqual(["a 1, b 1", "a 1, b 2", "a 2, b 1"]);
  });
});
