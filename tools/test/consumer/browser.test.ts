// The pure packages in a page: one script without an import, in a world that has only the language.
import { createContext, runInContext } from "node:vm";
import { describe, expect, inject, test } from "vitest";
import { bundle } from "./bundle.ts";
import { entriesOf, isPure, packages } from "./consumer.ts";
import { USES } from "./uses.ts";

const folder = inject("consumer");
const entries = packages.filter(isPure).flatMap(entriesOf);

/** Runs a script and answers with what an expression is then, awaited. */
async function inPage(script: string, expression: string): Promise<unknown> {
  const page = createContext({});
  runInContext(script, page);
  return JSON.parse(JSON.stringify(await runInContext(expression, page)));
}

test("such a world has nothing of Node", async () => {
  const foreign = ["process", "Buffer", "require", "structuredClone", "TextDecoder"];
  const types = `[${foreign.map((name) => `typeof ${name}`).join(", ")}]`;
  expect(await inPage("", types)).toEqual(foreign.map(() => "undefined"));
});

test("all entries fit into one script, which runs", async () => {
  const lines = entries.map((name, i) => `export * as m${i} from "${name}";`);
  const script = await bundle(folder, lines.join("\n"), { format: "iife", globalName: "page" });
  const counts = await inPage(
    script,
    "Object.values(page).map((entry) => Object.keys(entry).length)",
  );
  expect(counts).toHaveLength(entries.length);
  expect(Math.min(...(counts as number[]))).toBeGreaterThan(0);
});

describe("each entry computes in a page", () => {
  for (const entry of entries) {
    test(entry, async () => {
      expect(Object.keys(USES), "write a use of the new entry").toContain(entry);
      const { code, expected } = USES[entry]!;
      const script = await bundle(folder, code, { format: "iife", globalName: "page" });
      expect(expected).toBeDefined();
      expect(await inPage(script, "page.result")).toEqual(expected);
    });
  }
});
