// The main job from end to end, small: four methods on real digits, on each engine.
import { existsSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listRuns, readRun } from "@sd/runs";
import { findEngine } from "@sd/tfjs-native";
import { describe, expect, test } from "vitest";
import { onTerminal, sd } from "./sd.ts";

const missing =
  (await findEngine()) === undefined ? "the native engine is not installed" : undefined;
const newFolder = async (): Promise<string> =>
  join(await mkdtemp(join(tmpdir(), "sd-demo-")), "demo");

const SMALL = ["--images", "320", "--validation", "100", "--test", "200", "--epochs", "2"];
const METHODS = ["beta-smoothing", "cross-entropy", "label-smoothing", "self-distillation"];
const LABELS = ["cross-entropy", "label smoothing", "self-distillation", "beta smoothing"];

/** Everything that a run wrote and that must be the same the next time. */
async function numbers(out: string): Promise<unknown> {
  const runs = await Promise.all((await listRuns(out)).map(readRun));
  return Promise.all(
    runs.map(async ({ config, metrics, predictions }) => ({
      config,
      metrics: metrics.map(({ seconds, imagesPerSecond, ...row }) => row),
      logits: (await predictions("test")).logits,
    })),
  );
}

describe.each(["native", "wasm"])("sd demo on %s", (engine) => {
  test("trains four methods, prints a table, writes runs and a report", async (ctx) => {
    if (engine === "native" && missing !== undefined) ctx.skip(missing);
    const out = await newFolder();
    const env = { SD_ENGINE: engine };
    const { code, out: printed, err } = await sd(["demo", ...SMALL, "--out", out], { env });
    expect(err).toContain(`engine: ${engine} (`);
    expect(code).toBe(0);
    for (const label of LABELS) expect(printed).toContain(label);
    // Piped output has plain lines, one an epoch, and no terminal control.
    expect(err).toMatch(/epoch 2\/2: loss \d+\.\d+, validation accuracy \d+\.\d+ %/);
    expect(err + printed).not.toContain("\u001b[");

    const runs = await listRuns(out);
    expect(runs.map((run) => run.slice(out.length + 1))).toEqual(METHODS.map((m) => `${m}-seed0`));
    for (const run of runs) {
      const { status, manifest, metrics, splits } = await readRun(run);
      expect(status.state).toBe("done");
      expect(manifest.engine).toBe(engine);
      expect(metrics).toHaveLength(2);
      expect(await splits()).toEqual(["test", "validation"]);
      for (const name of ["best", "last"]) {
        expect(existsSync(join(run, "checkpoints", `${name}.safetensors`))).toBe(true);
      }
    }
    const report = await readFile(join(out, "report.html"), "utf8");
    for (const label of LABELS) expect(report).toContain(label);
  });
});

describe("sd demo", () => {
  test("gives identical numbers for the same seed, and JSON on request", async (ctx) => {
    if (missing !== undefined) ctx.skip(missing);
    const [a, b] = [await newFolder(), await newFolder()];
    const args = ["demo", ...SMALL, "--seeds", "2", "--json", "--out"];
    const env = { SD_ENGINE: "native" };
    const first = await sd([...args, a], { env });
    await sd([...args, b], { env });
    expect(await numbers(b)).toEqual(await numbers(a));
    expect(await listRuns(a)).toHaveLength(8);
    expect(JSON.parse(first.out)).toHaveLength(4);
  });

  test("interrupted, it stops cleanly, and the same command ends as if it had not been", async (ctx) => {
    if (missing !== undefined) ctx.skip(missing);
    const [whole, broken] = [await newFolder(), await newFolder()];
    const env = { SD_ENGINE: "native" };
    const args = (out: string): string[] => ["demo", ...SMALL, "--out", out];
    await sd(args(whole), { env });
    const stopped = await sd(args(broken), {
      env,
      signalAfter: { text: "label smoothing …", signal: "SIGTERM" },
    });
    expect(stopped.code).toBe(0);
    expect(stopped.err).toContain("the same command goes on");
    expect(existsSync(join(broken, "report.html"))).toBe(false);
    const finished = await sd(args(broken), { env });
    expect(finished.code).toBe(0);
    expect(finished.err).toContain("the interrupted demonstration goes on where it was");
    expect(await numbers(broken)).toEqual(await numbers(whole));
  });

  test("on a terminal it redraws, and Ctrl-C stops it as cleanly", async (ctx) => {
    if (missing !== undefined) ctx.skip(missing);
    if (!existsSync("/usr/bin/script")) ctx.skip("there is no `script` to make a terminal with");
    const out = await newFolder();
    const args = ["demo", ...SMALL, "--epochs", "200", "--engine", "native", "--out", out];
    const { code, screen } = await onTerminal(args, { after: "images/s", type: "\u0003" });
    expect(screen).toContain("\u001b[");
    expect(screen).toContain("stopped: the same command goes on from here");
    expect(code).toBe(130);
    expect((await readRun(join(out, "cross-entropy-seed0"))).status.state).toBe("stopped");
  });

  test("plain JavaScript is an engine too, for the smallest of trials", async () => {
    const out = await newFolder();
    const args = ["demo", "--images", "64", "--validation", "10", "--test", "10", "--epochs", "1"];
    const { code, err } = await sd([...args, "--engine", "cpu", "--out", out]);
    expect(err).toContain(
      "reduced: 64 training images instead of 5000, 1 epochs instead of 20, 10 test images instead of 10000, network mlp instead of lenet",
    );
    expect(code).toBe(0);
  });
});
