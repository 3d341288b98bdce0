import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Results } from "../../testing/reporter.ts";
import { addResults, forgetResults } from "../test-results.ts";

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sd-results-"));
});

function put(name: string, results: Partial<Results> | undefined): void {
  const folder = join(base, "packages", name);
  mkdirSync(join(folder, "test-results"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: `@sd/${name}` }));
  if (results === undefined) return;
  const file = join(folder, "test-results", "results.json");
  writeFileSync(file, JSON.stringify({ passed: 0, failed: [], skipped: [], ...results }));
}

test("passed, failed and skipped tests are added up and named", () => {
  put("a", { passed: 3, skipped: [{ name: "t", reason: "no GPU" }] });
  put("b", { passed: 4, failed: ["x"] });
  expect(addResults(base)).toEqual({
    passed: 7,
    failed: ["packages/b/x"],
    skipped: [{ name: "packages/a/t", reason: "no GPU" }],
  });
});

test("a package whose tests left no results is a failure", () => {
  put("a", undefined);
  expect(addResults(base).failed).toEqual(["packages/a: its tests left no results"]);
});

test("a package without a test is a failure", () => {
  put("a", {});
  expect(addResults(base).failed).toEqual(["packages/a: has no test"]);
});

test("a test that is skipped without a reason is a failure", () => {
  put("a", { passed: 1, skipped: [{ name: "t", reason: "" }] });
  expect(addResults(base).failed).toEqual(["packages/a/t: skipped without a reason"]);
});

test("earlier results are forgotten before a run", () => {
  put("a", { passed: 1 });
  forgetResults(base);
  expect(existsSync(join(base, "packages/a/test-results/results.json"))).toBe(false);
  expect(existsSync(join(base, "packages/a/package.json"))).toBe(true);
});
