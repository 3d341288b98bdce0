import { mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { requireWith } from "../src/commonjs.ts";

let folder: string;
const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sd-cjs-"));
});

test("answers replaced names, also in the files that are required", async () => {
  await put("a.js", "module.exports = [require('./b'), require('util').mark];");
  await put("b.js", "exports.mark = require('util').mark; exports.file = __filename;");
  const load = requireWith(new Map([["util", { mark: "replaced" }]]));
  expect(load(join(folder, "a.js"))).toEqual([
    { mark: "replaced", file: join(folder, "b.js") },
    "replaced",
  ]);
});

test("loads a file once, and a cycle sees what is there so far", async () => {
  await put("a.js", "exports.early = 1; exports.b = require('./b.js'); exports.late = 2;");
  await put("b.js", "const a = require('./a.js'); exports.seen = Object.keys(a); exports.a = a;");
  const load = requireWith(new Map());
  const a = load(join(folder, "a.js")) as { b: { seen: string[]; a: unknown } };
  expect(a.b.seen).toEqual(["early"]);
  expect(a.b.a).toBe(a);
  expect(load(join(folder, "a.js"))).toBe(a);
});

test("leaves Node's own require alone", async () => {
  await put("a.js", "module.exports = require('util');");
  const own = createRequire(join(folder, "x.js"));
  requireWith(new Map([["util", "replaced"]]))(join(folder, "a.js"));
  expect(own("./a.js")).toBe(own("util"));
});

test("an error names the file and line of the original", async () => {
  await put("bad.js", "\n\nthrow new Error('boom');");
  try {
    requireWith(new Map())(join(folder, "bad.js"));
    expect.unreachable();
  } catch (error) {
    expect((error as Error).stack).toContain("bad.js:3");
  }
});
