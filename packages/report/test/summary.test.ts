import { basename } from "node:path";
import { listRuns, readRun } from "@sd/runs";
import { expect, test } from "vitest";
import { resultsTable } from "../src/index.ts";
import { unfinished } from "../src/study-results.ts";
import { exclusions, summaryOf } from "../src/summary.ts";
import { FOUR, type SyntheticRun, writeRuns } from "./synthetic-runs.ts";

const load = async (runs: readonly SyntheticRun[]) =>
  Promise.all((await listRuns(await writeRuns(runs))).map(readRun));

test("four methods: best values, comparisons, what scaling changes", async () => {
  const rows = await resultsTable(await load(FOUR.map((run) => ({ ...run, n: 1000 }))), {
    resamples: 100,
  });
  const [size, accuracy, comparison, nll, calibration, floor] = summaryOf(rows);
  expect(size).toBe("4 methods, one training seed each, judged on 1,000 test images of 5 classes.");
  expect(accuracy).toMatch(
    /^Highest accuracy: beta smoothing, .* % \[.*\]; the paired difference from cross-entropy, .*, is \+.*: its interval excludes 0\.$/,
  );
  expect(comparison).toMatch(
    /^Accuracy against cross-entropy, in percentage points: beta smoothing \+.* \[\+.*\], p < 0\.001; /,
  );
  expect(nll).toMatch(/^Lowest NLL: /);
  expect(calibration).toMatch(
    /^ECE as trained is lowest for cross-entropy .* the order of the methods changes\.$/,
  );
  // What they should say follows from the table's own numbers.
  const within = rows.filter(
    ({ metrics }) => metrics.eceScaled.value <= metrics.eceFloorScaled.value,
  );
  const names = within.map(({ label }) => label).join(", ") || "none";
  expect(floor).toContain(`(ECE floor): as trained none; after scaling ${names}.`);
});

test("one method: nothing is compared", async () => {
  const rows = await resultsTable(await load(FOUR.slice(1, 2)), { resamples: 100 });
  expect(summaryOf(rows)).toHaveLength(2);
});

/** Two methods in each of some settings. */
const grid = (rates: readonly number[]): SyntheticRun[] =>
  rates.flatMap((rate) =>
    FOUR.slice(0, 2).map((run) => ({
      ...run,
      folder: `${run.name}-${rate}`,
      n: 60,
      config: { data: { name: "digits", noise: { kind: "symmetric", rate } } },
    })),
  );

test("a few cells are told one by one", async () => {
  const lines = summaryOf(await resultsTable(await load(grid([0, 0.4])), { resamples: 50 }));
  expect(lines[0]).toMatch(/^2 methods under 2 settings, /);
  expect(lines[1]).toMatch(/^noise rate 0: Highest accuracy: /);
  expect(lines.filter((line) => line.startsWith("noise rate 0.4: "))).toHaveLength(3);
});

test("many cells are counted", async () => {
  const rates = [0, 0.1, 0.2, 0.3, 0.4];
  const lines = summaryOf(await resultsTable(await load(grid(rates)), { resamples: 50 }));
  expect(lines).toHaveLength(6);
  expect(lines[1]).toMatch(/^Best accuracy \(higher is better\) of the 5 settings: .* in \d/);
});

test("unfinished runs are named with their error", async () => {
  const records = await load([
    FOUR[1]!,
    { name: "broken", state: "failed" },
    { name: "slow", state: "running" },
  ]);
  const nameOf = (folder: string): string => basename(folder);
  const done = records.find(({ status }) => status.state === "done")!;
  const torn = { ...done, warnings: [`${done.folder}/metrics.jsonl: torn`] };
  expect(exclusions([torn], unfinished(records), nameOf)).toEqual([
    "broken-0: failed, the loss is <NaN>",
    "slow-0: running",
    "cross-entropy-0/metrics.jsonl: torn",
  ]);
});
