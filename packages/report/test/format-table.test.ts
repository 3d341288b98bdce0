import { describe, expect, test } from "vitest";
import {
  formatTable,
  METRICS,
  type PairedDifference,
  type ResultCell,
  type ResultRow,
} from "../src/index.ts";

const cell = (
  value: number,
  interval?: [number, number],
  difference?: PairedDifference,
): ResultCell => ({
  value,
  ...(interval ? { interval } : {}),
  ...(difference ? { difference } : {}),
  separate: difference !== undefined && difference.interval[0] > 0,
});

const by = (difference: number, low: number, high: number, p: number): PairedDifference => ({
  ...{ difference, interval: [low, high], pValue: p / 2, adjustedPValue: p },
  ...{ pairedBy: "images", pairs: 100 },
});

function row(label: string, changes: Partial<ResultRow["metrics"]> = {}): ResultRow {
  const metrics = Object.fromEntries(METRICS.map(({ name }) => [name, cell(Number.NaN)]));
  return {
    ...{ label, shortLabel: label, methodLabel: label, details: [], method: label, options: {} },
    ...{ generation: 0, cell: [], baseline: false, seeds: [0], folders: [], temperatures: [] },
    ...{ intervals: "bootstrap", images: 100, classes: 5 },
    metrics: { ...metrics, ...changes } as ResultRow["metrics"],
  };
}

const PLAIN: ResultRow = {
  ...row("plain", {
    accuracy: cell(0.9042, [0.8983, 0.9099]),
    ece: cell(0.01),
    imagesPerSecond: cell(12345.6),
  }),
  baseline: true,
};
const ROWS = [
  PLAIN,
  row("better", {
    accuracy: cell(0.93, [0.92, 0.94], by(0.0258, 0.01, 0.04, 0.0004)),
    ece: cell(0.005),
  }),
  row("good", {
    accuracy: cell(0.92, [0.915, 0.925], by(0.0158, -0.002, 0.03, 0.081)),
    confidenceDiversity: cell(-1.5),
  }),
];

describe("text", () => {
  const text = formatTable(ROWS);

  test("a line a metric, aligned, compact intervals", () => {
    const lines = text.split("\n");
    expect(lines[0]).toBe(
      "                        plain                 better                 good",
    );
    expect(lines[2]).toBe(
      "accuracy, %             90.42 [89.83, 90.99]  93.00* [92.00, 94.00]  92.00 [91.50, 92.50]",
    );
    // Head, rule and a line a metric; the same for the seven that are compared; three notes.
    expect(lines).toHaveLength(2 + METRICS.length + 1 + 2 + 7 + 1 + 3 + 1);
    expect(text.endsWith("\n")).toBe(true);
  });

  test("differences from the baseline, with their intervals and corrected p-values", () => {
    expect(text).toContain("minus plain       better                          good\n");
    expect(text).toContain(
      "accuracy, points  +2.58 [+1.00, +4.00] p < 0.001  +1.58 [−0.20, +3.00] p 0.08\n",
    );
  });

  test("the best is marked only where its difference from the baseline excludes 0", () => {
    expect(text.match(/\*/g)).toHaveLength(2);
    expect(text).toContain(
      "ECE                     0.0100                0.0050                 –\n",
    );
    expect(text).toContain("*: best of its line, and the interval of its difference");
    expect(formatTable(ROWS.slice(0, 1))).not.toContain("*");
    expect(formatTable(ROWS.slice(0, 1))).not.toContain("Holm");
  });

  test("thousands, a proper minus, and what is missing", () => {
    expect(text).toContain("images/s                12,346");
    expect(text).toContain("−1.500");
    expect(text).toContain("NLL                     –");
  });

  test("a width splits the methods into blocks", () => {
    const narrow = formatTable(ROWS, { width: 72 });
    expect(narrow.match(/accuracy, %/g)).toHaveLength(2);
    const table = narrow.split("\n").filter((line) => /^( |─|accuracy)/.test(line));
    for (const line of table) expect([...line].length).toBeLessThanOrEqual(72);
    expect(formatTable(ROWS, { width: 1 }).match(/accuracy, %/g)).toHaveLength(3);
  });

  test("intervals over seeds are told from those over images", () => {
    const seeds = { ...row("a"), intervals: "seeds" as const };
    expect(formatTable([seeds])).toContain("95 % intervals: Student's t over training seeds.");
    expect(formatTable([seeds, row("b")])).toContain("where there are several; else bootstrap");
  });

  test("a grid's cells have a heading and a table each", () => {
    const cells = [0.2, 0.4].flatMap((value) =>
      ROWS.map((one) => ({ ...one, cell: [{ name: "noise rate", value }] })),
    );
    const blocks = formatTable(cells).split("\n\n");
    expect(blocks[0]).toBe("noise rate 0.2");
    expect(blocks[3]).toBe("noise rate 0.4");
    expect(blocks).toHaveLength(7);
  });

  test("no label moves the cursor", () => {
    const clear = String.fromCharCode(27);
    expect(formatTable([row(`a${clear}[2J\nb`)])).not.toContain(clear);
  });
});

test("markdown escapes what would format", () => {
  const markdown = formatTable([row("a|b *c* <d>\n[e](f) & `g`")], { format: "markdown" });
  expect(markdown.split("\n")[0]).toBe("|  | a\\|b \\*c\\* \\<d\\> \\[e\\](f) \\& \\`g\\` |");
  expect(markdown.split("\n")[1]).toBe("|---|---:|");
});

describe("csv", () => {
  const linesOf = (rows: readonly ResultRow[]): string[] =>
    formatTable(rows, { format: "csv" }).trimEnd().split("\r\n");

  test("has full precision, differences, and quotes", () => {
    const [head, line, end] = linesOf([
      row('a "b", c', { accuracy: cell(1 / 3, [0.1, 0.7], by(0.125, -0.5, 1 / 3, 0.5)) }),
    ]);
    expect(head!.split(",").slice(0, 16)).toEqual([
      ...["label", "method", "seeds", "intervals", "generation", "settings", "baseline"],
      ...["temperatures", "accuracy", "accuracy_lower", "accuracy_upper"],
      ...["accuracy_difference", "accuracy_difference_lower", "accuracy_difference_upper"],
      ...["accuracy_p", "accuracy_p_holm"],
    ]);
    expect(line).toMatch(
      /^"a ""b"", c","a ""b"", c",0,bootstrap,0,,no,,0.3333333333333333,0.1,0.7,0.125,-0.5,0.3333333333333333,0.25,0.5,,,/,
    );
    expect(end).toBeUndefined();
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])("no spreadsheet computes %j", (label) => {
    expect(linesOf([row(label)])[1]!.startsWith(`'${label},`)).toBe(true);
  });

  test("a negative number is a number", () => {
    expect(linesOf([row("a", { confidenceDiversity: cell(-1.5) })])[1]).toContain(",-1.5,");
  });
});

test("no rows, no table", () => {
  expect(formatTable([])).toBe("\n");
});
