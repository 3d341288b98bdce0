import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { apiReports } from "../api-report.ts";
import { root } from "../workspace.ts";

const reports = apiReports();

describe("the public names of a package are those in its report; if not, `npm run api`", () => {
  for (const [file, text] of reports) {
    test(file, () => {
      const path = join(root, file);
      const written = existsSync(path) ? readFileSync(path, "utf8") : "";
      expect(written, "after a look at what changes for users: npm run api").toBe(text);
    });
  }
});

describe("a report", () => {
  const metrics = reports.get("packages/metrics/api.md")!;

  test("names every entry", () => {
    const headings = reports.get("packages/math/api.md")!.match(/^## .*/gm);
    expect(headings).toContain("## @sd/math");
    expect(headings).toContain("## @sd/math/kernels");
    expect(headings).toHaveLength(new Set(headings).size);
  });

  test("holds functions, types and classes with what is public of them", () => {
    expect(metrics).toMatch(/^function accuracy\(logits: FloatArray, labels: IntegerArray, /m);
    expect(metrics).toMatch(/^type IntervalMethod = /m);
    expect(metrics).toMatch(/^interface ReliabilityBin \{\n {2}readonly /m);
    expect(metrics).toMatch(/^class CalibrationAccumulator \{\n(.+\n)* {2}merge\(/m);
    expect(metrics).not.toContain("#private");
  });

  test("holds no comment and no name that a bundler made", () => {
    for (const [file, text] of reports) {
      expect(text, file).not.toMatch(/\/\*\*|\$\d/);
    }
  });

  test("follows a name that comes from another package", () => {
    const losses = reports.get("packages/losses/api.md")!;
    expect(losses).toMatch(/^function softmaxCrossEntropyInto\(\n {2}out: FloatArray,/m);
  });
});
