// What someone gets who installs the packages: the tarballs, in an empty folder, by plain npm.
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { cacheRoot, findEngine } from "@sd/tfjs-native";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { entriesOf, packages, runIn } from "./consumer.ts";

const engine = await findEngine();
const folder = inject("consumer");

let cache: string;

const run = (command: string, ...args: string[]): Promise<string> =>
  runIn(folder, command, args, { SD_CACHE_DIR: cache });

/**
 * A cache of its own that shares only the unpacked TensorFlow, so that everything else is done as
 * on a new machine.
 */
async function emptyCache(): Promise<string> {
  const target = await mkdtemp(join(tmpdir(), "sd-consumer-cache-"));
  if (engine !== undefined) {
    const tensorflow = dirname(engine.libraries);
    await symlink(tensorflow, join(target, basename(tensorflow)));
  }
  return target;
}

beforeAll(async () => {
  cache = await emptyCache();
});

afterAll(() => rm(cache, { recursive: true, force: true }));

test("every package is packed and installed, without the workspace's protocol", async () => {
  expect((await readdir(join(folder, "node_modules", "@sd"))).sort()).toEqual(
    packages.map(({ folder: member }) => basename(member)).sort(),
  );
  for (const { manifest } of packages) {
    const file = join(folder, "node_modules", manifest.name, "package.json");
    expect(await readFile(file, "utf8")).not.toContain("workspace:");
  }
});

test("tfjs-node-gpu, whose install script fails on many machines, is not pulled in", async () => {
  const installed = await readdir(join(folder, "node_modules", "@tensorflow"));
  expect(installed).toContain("tfjs");
  expect(installed.filter((name) => name.startsWith("tfjs-node"))).toEqual([]);
});

test("there is one tfjs, which all packages share", async () => {
  const tree = JSON.parse(await run("npm", "ls", "@tensorflow/tfjs-core", "--all", "--json"));
  const versions = new Set(
    [...JSON.stringify(tree).matchAll(/tfjs-core":\{"version":"([^"]+)/g)].map(([, v]) => v),
  );
  expect([...versions]).toEqual(["4.22.0"]);
});

/** These draw with Vega, whose modules wait at the top level: they can only be imported. */
const IMPORT_ONLY: readonly string[] = ["@sd/report", "@sd/cli"];

describe("each entry point loads, by import and by require", () => {
  for (const member of packages) {
    for (const specifier of entriesOf(member)) {
      test(specifier, async () => {
        const name = JSON.stringify(specifier);
        const require = `createRequire(process.cwd() + "/x.js")(${name})`;
        const script = `
          import { createRequire } from "node:module";
          const imported = await import(${name});
          const required = ${IMPORT_ONLY.includes(member.manifest.name) ? "imported" : require};
          const names = Object.keys(imported).filter((name) => imported[name] !== required[name]);
          process.stdout.write(JSON.stringify({ count: Object.keys(imported).length, names }));`;
        const result = JSON.parse(await run("node", "--input-type=module", "-e", script));
        expect(result.count).toBeGreaterThan(0);
        expect(result.names).toEqual([]);
      });
    }
  }
});

test("`npx sd --version` and `npx sd-engine --help` run", async () => {
  expect((await run("npx", "sd", "--version")).trim()).toMatch(/^\d+\.\d+\.\d+$/);
  expect(await run("npx", "sd-engine", "--help")).toContain("Usage: sd-engine");
});

const TRAINING = `
import { loadNativeBackend } from "@sd/tfjs-native";
import * as tf from "@tensorflow/tfjs";
const { device } = await loadNativeBackend();
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
model.compile({ loss: "meanSquaredError", optimizer: tf.train.sgd(0.1) });
const x = tf.tensor2d([0, 1, 2, 3], [4, 1]);
const y = tf.tensor2d([1, 3, 5, 7], [4, 1]);
const { history } = await model.fit(x, y, { epochs: 100, verbose: 0 });
console.log(JSON.stringify({ device, backend: tf.getBackend(), loss: history.loss.at(-1) }));
`;

test("`npx sd-engine install` and a ten-line script train on the native engine", async (ctx) => {
  if (engine === undefined) return ctx.skip("the native engine cannot be built here");
  const said = await run("npx", "sd-engine", "install");
  expect(said).toContain(`native engine ready: TensorFlow ${engine.tensorflowVersion}, ${cache}`);
  expect(cacheRoot()).not.toBe(cache);
  await writeFile(join(folder, "train.js"), TRAINING);
  const result = JSON.parse(await run("node", "train.js"));
  expect(result.backend).toBe("tensorflow");
  expect(result.loss).toBeLessThan(0.01);
}, 180_000);
