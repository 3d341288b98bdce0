import { listRuns, readRun } from "@sd/runs";
import { expect, test } from "vitest";
import { resultsTable } from "../src/index.ts";
import { exclusions, summaryOf } from "../src/summary.ts";
import { FOUR, type SyntheticRun, writeRuns } from "./synthetic-runs.ts";

const load = async (runs: readonly SyntheticRun[]) =>
  Promise.all((await listRuns(await writeRuns(runs))).map(readRun));

test("four methods: best values, comparisons, what scaling changes, what intervals cover", async () => {
  const rows = await resultsTable(await load(FOUR.map((run) => ({ ...run, n: 1000 }))), {
    resamples: 100,
  });
  const [size, accuracy, comparison, nll, calibration, floor, note] = summaryOf(rows, 1000, 5);
  expect(size).toBe("4 methods, one training seed each, judged on 1,000 test images of 5 classes.");
  expect(accuracy).toMatch(
    /^Highest accuracy: beta smoothing, .* % \[.*\]; the interval lies apart from that of cross-entropy, /,
  );
  expect(comparison).toMatch(
    /^Accuracy against cross-entropy, in percentage points \(McNemar's exact test .*\): beta smoothing \+/,
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
  expect(note).toContain("the noise between seeds is not covered");
});

test("one method: nothing is compared", async () => {
  const rows = await resultsTable(await load(FOUR.slice(1, 2)), { resamples: 100 });
  expect(summaryOf(rows, 300, 5)).toHaveLength(3);
});

test("unfinished runs are named with their error", async () => {
  const records = await load([
    FOUR[1]!,
    { name: "broken", state: "failed" },
    { name: "slow", state: "running" },
  ]);
  const lines = exclusions(records, ["one", "two", "three"]);
  expect(lines).toEqual(["one: failed, the loss is <NaN>", "three: running"]);
});
