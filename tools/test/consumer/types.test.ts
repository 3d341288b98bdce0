// The declarations of the packed packages under the compilers and the resolutions that people use.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { entriesOf, isPure, packages, runIn } from "./consumer.ts";
import { USES } from "./uses.ts";

const require = createRequire(import.meta.url);
const folder = inject("consumer");

const COMPILERS = ["typescript-5.7", "typescript-5.9", "typescript-7"] as const;
const RESOLUTIONS = { nodenext: "nodenext", bundler: "esnext" } as const;
/** Those of tfjs, Vega and Node are not ours to judge; those of typed arrays stand alone. */
const GROUPS = {
  "the pure packages": {
    members: packages.filter(isPure),
    options: { lib: ["ES2022"], types: [], skipLibCheck: false },
  },
  "the other packages": {
    members: packages.filter((member) => !isPure(member)),
    options: { lib: ["ES2022", "DOM"], types: ["node"], skipLibCheck: true },
  },
} as const;

/** What the compiler says about a use of each entry: nothing, when all is well. */
async function compile(
  compiler: (typeof COMPILERS)[number],
  moduleResolution: keyof typeof RESOLUTIONS,
  group: keyof typeof GROUPS,
): Promise<string> {
  const { members, options } = GROUPS[group];
  const name = `${compiler} ${moduleResolution} ${group}`.replaceAll(" ", "-");
  await mkdir(join(folder, name));
  const compilerOptions = {
    target: "ES2022",
    module: RESOLUTIONS[moduleResolution],
    moduleResolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    ...options,
  };
  await writeFile(join(folder, name, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  for (const [i, entry] of members.flatMap(entriesOf).entries()) {
    expect(Object.keys(USES), "write a use of the new entry").toContain(entry);
    await writeFile(join(folder, name, `use-${i}.ts`), USES[entry]!.code);
  }
  const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), "bin", "tsc");
  return runIn(folder, process.execPath, [tsc, "-p", name, "--pretty", "false"]).catch(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  );
}

test("the compilers are those that their names say", async () => {
  for (const compiler of COMPILERS) {
    const { version } = JSON.parse(
      await readFile(require.resolve(`${compiler}/package.json`), "utf8"),
    );
    expect(`typescript-${version}`).toMatch(new RegExp(`^${compiler.replace(".", "\\.")}\\.`));
  }
});

for (const compiler of COMPILERS) {
  describe(compiler, () => {
    for (const resolution of Object.keys(RESOLUTIONS) as (keyof typeof RESOLUTIONS)[]) {
      for (const group of Object.keys(GROUPS) as (keyof typeof GROUPS)[]) {
        test(`${group}, resolved as "${resolution}"`, async () => {
          expect(await compile(compiler, resolution, group)).toBe("");
        });
      }
    }
  });
}
