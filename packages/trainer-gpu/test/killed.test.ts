// Every method's run, killed by SIGKILL at random moments and continued, leaves what it leaves uninterrupted.
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng } from "@sd/math/random";
import { findEngine } from "@sd/tfjs-native";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, openEngine } from "../src/engine.ts";
import { methods } from "../src/methods/table.ts";
import { train } from "../src/train.ts";
import { outcome } from "./outcome.ts";
import { smallRun } from "./small-run.ts";
import { trainInProcess } from "./training-process.ts";

const name = (await findEngine()) === undefined ? "wasm" : "native";
let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine({ name, install: false });
  folder = await mkdtemp(join(tmpdir(), "sd-killed-"));
});

// FC_SEED is what the other random tests of the repository are seeded by.
const rng = createRng(Number(process.env.FC_SEED ?? 0)).fork("kills");
const METHODS = Object.keys(methods);
const KILLS = 20;
/** How often each method's run is killed: the first ones once more where it does not come out even. */
const killsOf = (i: number): number => Math.ceil((KILLS - i) / METHODS.length);
let killed = 0;

describe.each(METHODS.map((method, i) => ({ method, kills: killsOf(i) })))(
  "a run by $method",
  ({ method, kills }) => {
    test(`killed ${kills} times ends as if it had not been`, { timeout: 120_000 }, async () => {
      // One with running statistics and an average of them.
      const model = method === "beta-smoothing" ? "resnet-8" : "mlp";
      const run = join(folder, method);
      const args = [run, name, method, model];
      const moments: string[] = [];
      const manifests = new Set<string>();
      for (let kill = 0; kill < kills; ) {
        // After some step, and up to 30 ms more: in a step, in the validation, in the writing of a file.
        const draw = rng.fork(method, kill, moments.length);
        const line = 1 + Math.floor(draw.uniform() * 9);
        const delay = draw.uniform() * 30;
        const { signal } = await trainInProcess(args, {
          onLine: (n, child) => {
            if (n === line) setTimeout(() => child.kill("SIGKILL"), delay);
          },
        });
        moments.push(`${delay.toFixed(1)} ms after line ${line}`);
        expect(signal, `not killed: ${moments}`).toBe("SIGKILL");
        manifests.add(await readFile(join(run, "manifest.json"), "utf8"));
        kill++;
        killed++;
      }
      const end = await trainInProcess(args);
      expect(end, `killed ${moments}`).toMatchObject({ code: 0, signal: null });
      expect(end.lines.at(-1)).toBe("done");

      const whole = join(folder, `${method}-whole`);
      await train(smallRun(whole, engine, method, model));
      expect(await outcome(run), `killed ${moments}`).toEqual(await outcome(whole));
      // What the first start found and chose is what the run goes on with.
      manifests.add(await readFile(join(run, "manifest.json"), "utf8"));
      expect(manifests.size).toBe(1);
      const left = await readdir(run, { recursive: true });
      expect(left.filter((file) => /tmp|lock/.test(file))).toEqual([]);
    });
  },
);

test("there were twenty kills in all", (ctx) => {
  if (killed === 0) return ctx.skip("no run was chosen");
  expect(killed).toBe(KILLS);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s lets the step end: the run is stopped, saved, and goes on from there",
  async (signal) => {
    const run = join(folder, signal);
    const args = [run, name, "past-predictions", "mlp"];
    const stopped = await trainInProcess(args, {
      onLine: (n, child) => {
        if (n === 9) child.kill(signal);
      },
    });
    expect(stopped).toMatchObject({ code: 0, signal: null });
    expect(stopped.lines.at(-1)).toBe("stopped");
    const status = JSON.parse(await readFile(join(run, "status.json"), "utf8")) as object;
    expect(status).toMatchObject({ state: "stopped" });
    const end = await trainInProcess(args);
    // No step was made twice.
    const steps = [...stopped.lines, ...end.lines].filter((line) => line.startsWith("step"));
    expect(steps).toHaveLength(24);
    const whole = join(folder, `${signal}-whole`);
    await train(smallRun(whole, engine, "past-predictions", "mlp"));
    expect(await outcome(run)).toEqual(await outcome(whole));
  },
);
