import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { importProblems } from "../imports.ts";

/** A workspace with the given files; manifests are objects. */
function workspace(files: Record<string, string | object>): string {
  const base = mkdtempSync(join(tmpdir(), "sd-imports-"));
  const all = { "package.json": { devDependencies: { vitest: "1" } }, ...files };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(base, name)), { recursive: true });
    writeFileSync(
      join(base, name),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }
  return base;
}

const losses = (dependencies: Record<string, string> = { "@sd/math": "workspace:^" }) => ({
  "packages/losses/package.json": { name: "@sd/losses", dependencies },
});

test("a declared dependency along the arrows is fine", () => {
  const base = workspace({
    ...losses(),
    "packages/losses/src/index.ts": 'import { sum } from "@sd/math";\nimport "./row.ts";',
    "packages/losses/src/row.ts": 'export type { Rng } from "@sd/math/random";',
    "packages/losses/test/a.test.ts": 'import "vitest"; import "@sd/losses"; import "node:fs";',
  });
  expect(importProblems(base)).toEqual([]);
});

test.each([
  ["undeclared", '"@sd/priors"', "is not a declared dependency"],
  ["third-party, undeclared", '"lodash/fp"', "is not a declared dependency"],
  [
    "Node in a pure package",
    '"node:fs"',
    "is a module of Node in a package that must run anywhere",
  ],
  ["out of the package", '"../../math/src/index.ts"', "leaves packages/losses/src"],
])("an import that is %s is found, with its file", (_, specifier, problem) => {
  const base = workspace({
    ...losses(),
    "packages/losses/src/index.ts": 'import "@sd/math";',
    "packages/losses/src/bad.ts": `export const x = import(${specifier});`,
  });
  expect(importProblems(base)).toEqual([`packages/losses/src/bad.ts: ${specifier} ${problem}`]);
});

test("a declared import against the arrows is found", () => {
  const base = workspace({
    ...losses({ "@sd/metrics": "workspace:^" }),
    "packages/losses/src/index.ts": 'import "@sd/metrics";',
  });
  expect(importProblems(base)).toEqual([
    'packages/losses/src/index.ts: "@sd/metrics" runs against the direction of the packages',
  ]);
});

test("a dependency that nothing imports is found", () => {
  const base = workspace({ ...losses(), "packages/losses/src/index.ts": "" });
  expect(importProblems(base)).toEqual([
    'packages/losses/package.json: "@sd/math" is declared and never imported',
  ]);
});

test("a test that imports what nobody declares is found", () => {
  const base = workspace({
    ...losses({}),
    "packages/losses/test/a.test.ts": 'import "@sd/report";',
  });
  expect(importProblems(base)).toEqual([
    'packages/losses/test/a.test.ts: "@sd/report" is not a declared dependency',
  ]);
});

test("a package without a row in the table is found", () => {
  const base = workspace({ "packages/new/package.json": { name: "@sd/new" } });
  expect(importProblems(base)).toEqual(["packages/new: has no row in the table of arrows"]);
});
