// Runs the examples of a package: each ```ts block of its README.md and of the @example tags in src/.
// What a block prints must be what its `console.log(…); // …` comments say, line by line.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

interface Example {
  readonly name: string;
  readonly code: string;
}

const FENCE = /^```ts\n([\s\S]*?)^```$/gm;

function readmeExamples(file: string): Example[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(FENCE)].map(([, code], i) => ({
    name: `README.md, block ${i + 1}`,
    code: code!,
  }));
}

function sourceExamples(root: string): Example[] {
  if (!existsSync(join(root, "src"))) return [];
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort();
  return files.flatMap((name) => {
    const text = readFileSync(join(root, "src", name), "utf8");
    return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)]
      .filter(([block]) => block.includes("@example"))
      .flatMap(([block]) => {
        const plain = block.slice(block.indexOf("@example")).replace(/^ *\* ?/gm, "");
        return [...plain.matchAll(FENCE)].map(([, code]) => code!);
      })
      .map((code, i) => ({ name: `src/${name}, @example ${i + 1}`, code }));
  });
}

/** The comment that follows a statement which prints: `console.log(x); // 0.5`. */
const expectedOutput = (code: string): string[] =>
  [...code.matchAll(/console\.log\(.*\);? *\/\/ (.*)$/gm)].map(([, comment]) => comment!.trim());

export interface ExampleOptions {
  /** At least so many examples must be found. @defaultValue 1 */
  readonly minimum?: number;
  /** The README, relative to the package. @defaultValue "README.md" */
  readonly readme?: string;
  /** Why the examples cannot run on this machine, where they cannot. */
  readonly skip?: string;
}

/** Declares one test per example; call it from a test file with `import.meta.url`. */
export function testExamples(
  testFile: string,
  { minimum = 1, readme = "README.md", skip }: ExampleOptions = {},
): void {
  const root = dirname(dirname(fileURLToPath(testFile)));
  const examples = [...readmeExamples(join(root, readme)), ...sourceExamples(root)];
  const folder = join(root, "test-results", "examples");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  describe("documented examples", () => {
    test(`there are at least ${minimum}`, () => {
      expect(examples.length).toBeGreaterThanOrEqual(minimum);
    });
    for (const [i, { name, code }] of examples.entries()) {
      test(name, async (ctx) => {
        if (skip !== undefined) ctx.skip(skip);
        const file = join(folder, `${i}.ts`);
        writeFileSync(file, code);
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ["--conditions=@sd/source", "--no-warnings", relative(root, file)],
          { cwd: root },
        );
        expect(stdout.trimEnd()).toBe(expectedOutput(code).join("\n"));
      });
    }
  });
}
