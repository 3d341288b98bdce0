// Writes test-results/results.json of the package under test: what tools/count-tests.mjs adds up.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Reporter, SerializedError, TestModule, Vitest } from "vitest/node";

export interface Results {
  passed: number;
  failed: string[];
  skipped: { name: string; reason: string }[];
}

export default class ResultsReporter implements Reporter {
  #root = process.cwd();

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const results: Results = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      const file = relative(this.#root, module.moduleId);
      // A file that fails to load, or whose hook throws, has errors of its own and may have no test at all.
      for (const error of module.errors()) results.failed.push(`${file}: ${error.message}`);
      for (const test of module.children.allTests()) {
        const name = `${file} > ${test.fullName}`;
        const result = test.result();
        if (result.state === "passed") results.passed++;
        else if (result.state === "skipped") {
          results.skipped.push({ name, reason: result.note ?? "" });
        } else results.failed.push(name);
      }
    }
    for (const error of unhandled) results.failed.push(`unhandled: ${error.message}`);
    const folder = join(this.#root, "test-results");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  }
}
