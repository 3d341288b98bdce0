import { describe, expect, test } from "vitest";
import { formatTable, METRICS, type ResultCell, type ResultRow } from "../src/index.ts";

const cell = (value: number, interval?: [number, number], separate = false): ResultCell => ({
  value,
  ...(interval ? { interval } : {}),
  separate,
});

function row(label: string, changes: Partial<ResultRow["metrics"]> = {}): ResultRow {
  const metrics = Object.fromEntries(METRICS.map(({ name }) => [name, cell(Number.NaN)]));
  return {
    ...{ label, method: label, baseline: false, seeds: [0], folders: [], temperatures: [] },
    intervals: "bootstrap",
    metrics: { ...metrics, ...changes } as ResultRow["metrics"],
  };
}

const ROWS = [
  row("plain", {
    accuracy: cell(0.9042, [0.8983, 0.9099]),
    ece: cell(0.01),
    imagesPerSecond: cell(12345.6),
  }),
  row("better", { accuracy: cell(0.93, [0.92, 0.94], true), ece: cell(0.005) }),
  row("good", { accuracy: cell(0.92, [0.915, 0.925], true), confidenceDiversity: cell(-1.5) }),
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
    expect(lines).toHaveLength(2 + METRICS.length + 1 + 2 + 1);
    expect(text.endsWith("\n")).toBe(true);
  });

  test("the best is marked only where its interval is apart from the baseline's", () => {
    expect(text.match(/\*/g)).toHaveLength(2);
    expect(text).toContain(
      "ECE                     0.0100                0.0050                 –\n",
    );
    expect(text).toContain("* best of its line, with an interval apart from that of plain.");
    expect(formatTable(ROWS.slice(0, 1))).not.toContain("*");
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
});

test("markdown escapes what would format", () => {
  const markdown = formatTable([row("a|b *c* <d>\n[e](f)")], { format: "markdown" });
  expect(markdown.split("\n")[0]).toBe("|  | a\\|b \\*c\\* \\<d\\> \\[e\\](f) |");
  expect(markdown.split("\n")[1]).toBe("|---|---:|");
});

test("csv has full precision and quotes", () => {
  const csv = formatTable([row('a "b", c', { accuracy: cell(1 / 3, [0.1, 0.7]) })], {
    format: "csv",
  });
  const [head, line, end] = csv.split("\r\n");
  expect(
    head!.startsWith("label,method,seeds,intervals,accuracy,accuracy_lower,accuracy_upper,nll,"),
  ).toBe(true);
  expect(
    line!.startsWith('"a ""b"", c","a ""b"", c",0,bootstrap,0.3333333333333333,0.1,0.7,,,'),
  ).toBe(true);
  expect(end).toBeUndefined();
});

test("no rows, no table", () => {
  expect(formatTable([])).toBe("\n");
});
