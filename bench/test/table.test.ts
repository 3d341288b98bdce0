import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Comparison,
  countBars,
  formatComparison,
  isMet,
  milliseconds,
  writeJson,
} from "../table.ts";

const comparison: Comparison = {
  title: "a loss, [2, 3]",
  values: { "ours, ms": 0.012345, "theirs, ms": 1543.6 },
  ratios: [
    { name: "theirs ÷ ours", value: 125.04, bar: { atLeast: 20 } },
    { name: "ours ÷ theirs", value: 1.01, bar: { atMost: 1 } },
    { name: "without a bar", value: 2 },
  ],
};

describe("bars", () => {
  test.each([
    [1, { atMost: 1 }, true],
    [1.0001, { atMost: 1 }, false],
    [20, { atLeast: 20 }, true],
    [19.99, { atLeast: 20 }, false],
    [Number.NaN, { atMost: 1 }, false],
    [Number.NaN, { atLeast: 1 }, false],
  ])("%d against %j: %s", (value, bar, wanted) => {
    expect(isMet({ name: "x", value, bar })).toBe(wanted);
  });

  test("no bar is neither met nor missed", () => {
    expect(isMet({ name: "x", value: 1 })).toBeUndefined();
    expect(countBars([comparison, comparison])).toEqual({ met: 2, all: 4 });
    expect(countBars([])).toEqual({ met: 0, all: 0 });
  });
});

describe("text and JSON", () => {
  test("three digits, and what the bars say", () => {
    expect(formatComparison(comparison)).toBe(
      [
        "a loss, [2, 3]",
        "  ours, ms: 0.0123",
        "  theirs, ms: 1544",
        "  theirs ÷ ours: 125 (at least 20: met)",
        "  ours ÷ theirs: 1.01 (at most 1: missed)",
        "  without a bar: 2.00",
      ].join("\n"),
    );
  });

  test("medians by name, with their unit", () => {
    expect(milliseconds([{ name: "a", median: 2, min: 1, max: 3 }])).toEqual({ "a, ms": 2 });
  });

  test("the file holds the comparisons and what they were measured on", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sd-bench-"));
    try {
      const file = join(folder, "result.json");
      await writeJson(file, [comparison]);
      expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        machine: expect.stringMatching(/, \d+ cores$/),
        node: process.version,
        comparisons: [comparison],
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
