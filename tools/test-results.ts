// Adds up the results that each package's tests have left behind. A run that turbo answers from its cache counts like any other:
// its results are a declared output of the task.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Results } from "../testing/reporter.ts";
import { root, workspaceMembers } from "./workspace.ts";

const resultsFile = (base: string, folder: string): string =>
  join(base, folder, "test-results", "results.json");

/** Forgets earlier results, so that a package whose tests did not run cannot be counted by what it left last time. */
export function forgetResults(base: string = root): void {
  for (const { folder } of workspaceMembers(base))
    rmSync(resultsFile(base, folder), { force: true });
}

/** The sum over all packages. A package without a test, or whose skipped test has no reason, is a failure. */
export function addResults(base: string = root): Results {
  const total: Results = { passed: 0, failed: [], skipped: [] };
  for (const { folder } of workspaceMembers(base)) {
    const file = resultsFile(base, folder);
    if (!existsSync(file)) {
      total.failed.push(`${folder}: its tests left no results`);
      continue;
    }
    const { passed, failed, skipped } = JSON.parse(readFileSync(file, "utf8")) as Results;
    if (passed + failed.length + skipped.length === 0) total.failed.push(`${folder}: has no test`);
    total.passed += passed;
    total.failed.push(...failed.map((name) => `${folder}/${name}`));
    for (const { name, reason } of skipped) {
      if (reason === "") total.failed.push(`${folder}/${name}: skipped without a reason`);
      else total.skipped.push({ name: `${folder}/${name}`, reason });
    }
  }
  return total;
}
