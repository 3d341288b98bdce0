import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  formatReport,
  METRICS,
  ReportError,
  type StudyResults,
  studyResults,
} from "../src/index.ts";
import { FOUR, temporaryFolder, writeRuns } from "./synthetic-runs.ts";

const HOW = { resamples: 50 };

async function results(): Promise<StudyResults> {
  const folder = await writeRuns([
    ...FOUR.slice(0, 2),
    { name: "evil", label: "=cmd|' /C calc'!A0\n| a | b |" },
    { name: "broken", state: "failed" },
    { name: "torn" },
  ]);
  await rm(join(folder, "torn-0", "predictions", "test.safetensors"));
  return studyResults(folder, HOW);
}

describe("markdown", () => {
  test("is a whole report", async () => {
    const text = formatReport(await results(), { format: "markdown", title: "A & <b>" });
    expect(text.startsWith("# A \\& \\<b\\>\n\n## Summary\n\n- 3 methods, ")).toBe(true);
    const headings = text.split("\n").filter((line) => line.startsWith("#"));
    expect(headings.slice(1)).toEqual([
      ...["## Summary", "## Results on test images", "## What the numbers mean"],
      ...["## Runs", "## Left out"],
    ]);
    expect(text).toContain("- broken-0: failed, the loss is \\<NaN\\>\n");
    expect(text).toContain("- torn-0: there are no predictions of test, only of validation\n");
    expect(text).toContain("| minus cross-entropy | beta smoothing |");
  });

  test("every line of a table has as many columns as its head", async () => {
    const text = formatReport(await results(), { format: "markdown", title: "t" });
    const tables = text.split("\n\n").filter((part) => part.startsWith("|"));
    expect(tables).toHaveLength(3);
    for (const table of tables) {
      const widths = table
        .trimEnd()
        .split("\n")
        .map((line) => line.replaceAll("\\|", "").split("|").length);
      expect(new Set(widths).size).toBe(1);
    }
  });
});

test("csv has all rows, and no formula", async () => {
  const text = formatReport(await results(), { format: "csv", title: "t" });
  expect(text).toContain(`"'=cmd|' /C calc'!A0\n| a | b |",evil,0,bootstrap,`);
});

test("json reads back with everything", async () => {
  const all = await results();
  const read = JSON.parse(formatReport(all, { format: "json", title: "t" }));
  expect(read.title).toBe("t");
  expect(read.metrics).toHaveLength(METRICS.length);
  expect(read.rows.map(({ method }: { method: string }) => method)).toEqual([
    ...["cross-entropy", "beta-smoothing", "evil"],
  ]);
  const { difference } = read.rows[1].metrics.nll;
  expect(difference).toEqual(all.rows[1]!.metrics.nll.difference);
  expect(read.leftOut.map(({ reason }: { reason: string }) => reason)).toEqual([
    "failed, the loss is <NaN>",
    "there are no predictions of test, only of validation",
  ]);
});

test("nothing finished is an error that says why", async () => {
  const folder = await temporaryFolder();
  await expect(studyResults(folder)).rejects.toBeInstanceOf(ReportError);
  await writeRuns([{ name: "slow", state: "running" }], folder);
  await expect(studyResults(folder)).rejects.toThrow(/slow-0: running$/);
});
