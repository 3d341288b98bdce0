import { appendFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRun, listRuns, openRun, type Run, readRun } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const CONFIG = { method: { name: "cce" }, seed: 1 };
const MANIFEST = { engine: "wasm" };

/** A new run, open. */
const newRun = async (): Promise<Run> =>
  createRun(join(await temporaryFolder(), "study", "run"), { config: CONFIG, manifest: MANIFEST });

describe("createRun and openRun", () => {
  test("a new run is queued, empty and readable", async () => {
    const run = await newRun();
    expect(run.config).toEqual(CONFIG);
    const record = await readRun(run.folder);
    expect(record).toMatchObject({ config: CONFIG, manifest: MANIFEST, metrics: [], warnings: [] });
    expect(record.status.state).toBe("queued");
    expect(await record.splits()).toEqual([]);
    expect((await readdir(run.folder)).sort()).toEqual([
      "checkpoints",
      "config.json",
      "lock.json",
      "manifest.json",
      "metrics.jsonl",
      "predictions",
      "status.json",
    ]);
  });

  test("a folder that holds a run is refused and stays as it was", async () => {
    const run = await newRun();
    const again = createRun(run.folder, { config: {}, manifest: {} });
    await expect(again).rejects.toMatchObject({ code: "ERR_RUN_EXISTS", file: run.folder });
    expect((await readRun(run.folder)).config).toEqual(CONFIG);
  });

  test("a creation that was killed before its status can be repeated", async () => {
    const run = await newRun();
    await run.appendMetrics({ epoch: 0, loss: 1 });
    await run.close();
    await rm(join(run.folder, "status.json"));
    const again = await createRun(run.folder, { config: { seed: 2 }, manifest: {} });
    expect(again.config).toEqual({ seed: 2 });
    expect((await readRun(run.folder)).metrics).toEqual([]);
  });

  test.each(["status.json", "config.json", "manifest.json"])(
    "without %s it is no run",
    async (name) => {
      const run = await newRun();
      const { folder } = run;
      await run.close();
      await rm(join(folder, name));
      const expected = { code: "ERR_NOT_A_RUN", file: join(folder, name) };
      await expect(openRun(folder)).rejects.toMatchObject(expected);
      await expect(readRun(folder)).rejects.toMatchObject(expected);
      expect(await readdir(folder)).not.toContain("lock.json");
    },
  );

  test.each([
    ["config.json", "{", "no JSON"],
    ["manifest.json", "[]", "expected a JSON object"],
    ["status.json", '{"state":"finished"}', "expected a state among queued,running"],
  ])("a broken %s is told", async (name, content, message) => {
    const { folder } = await newRun();
    await writeFile(join(folder, name), content);
    await expect(readRun(folder)).rejects.toThrow(message);
    await expect(readRun(folder)).rejects.toMatchObject({ code: "ERR_BAD_FILE" });
  });

  test("opening clears temporary files and a torn line", async () => {
    const run = await newRun();
    await run.appendMetrics({ epoch: 0, loss: 1 });
    await appendFile(join(run.folder, "metrics.jsonl"), '{"epoch":1,"lo');
    await writeFile(join(run.folder, "checkpoints", "last.safetensors.7.0.tmp"), "half");
    await run.close();
    const opened = await openRun(run.folder);
    await opened.appendMetrics({ epoch: 1, loss: 0.5 });
    expect((await readRun(run.folder)).metrics).toEqual([
      { epoch: 0, loss: 1 },
      { epoch: 1, loss: 0.5 },
    ]);
    expect(await readdir(join(run.folder, "checkpoints"))).toEqual([]);
  });

  test("a configuration that JSON would change is refused", async () => {
    const folder = await temporaryFolder();
    const made = createRun(folder, { config: { rate: Number.NaN }, manifest: {} });
    await expect(made).rejects.toThrow("`rate`: JSON has no NaN");
    expect(await listRuns(folder)).toEqual([]);
  });
});

describe("status", () => {
  test("is replaced, with its detail", async () => {
    const run = await newRun();
    await run.setStatus("running", { pid: 7 });
    await run.setStatus("failed", { error: "out of memory" });
    const { status } = await readRun(run.folder);
    expect(status).toEqual(run.status);
    expect(status).toMatchObject({ state: "failed", error: "out of memory" });
    expect(status).not.toHaveProperty("pid");
    expect(status.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test("an unknown state is refused", async () => {
    const run = await newRun();
    await expect(run.setStatus("finished" as never)).rejects.toMatchObject({
      code: "ERR_BAD_VALUE",
    });
    expect((await readRun(run.folder)).status.state).toBe("queued");
  });
});

describe("metrics", () => {
  test("numbers that JSON lacks survive", async () => {
    const run = await newRun();
    const row = {
      epoch: 0,
      a: Number.NaN,
      b: Number.POSITIVE_INFINITY,
      c: -Infinity,
      d: null,
      e: "x",
    };
    await run.appendMetrics(row);
    expect(await readFile(join(run.folder, "metrics.jsonl"), "utf8")).toBe(
      '{"epoch":0,"a":"NaN","b":"Infinity","c":"-Infinity","d":null,"e":"x"}\n',
    );
    expect((await readRun(run.folder)).metrics).toEqual([row]);
  });

  test.each([
    [{ epoch: -1 }, "expected `epoch` to be a non-negative integer"],
    [{ epoch: 0.5 }, "expected `epoch` to be a non-negative integer"],
    [{ epoch: 0, x: "NaN" }, "the string NaN stands for a number"],
    [{ epoch: 0, x: true as never }, "expected a number, a string or null, got boolean"],
  ])("refuses %o", async (row, message) => {
    const run = await newRun();
    await expect(run.appendMetrics(row)).rejects.toThrow(message);
    expect((await readRun(run.folder)).metrics).toEqual([]);
  });

  test("a torn last line is ignored, told, and cut by truncateMetrics", async () => {
    const run = await newRun();
    const file = join(run.folder, "metrics.jsonl");
    for (const epoch of [0, 1, 2]) await run.appendMetrics({ epoch });
    const length = (await readFile(file)).length;
    await appendFile(file, '{"epoch":3}');
    const record = await readRun(run.folder);
    expect(record.metrics).toHaveLength(3);
    expect(record.warnings).toEqual([
      `${file}: byte ${length}: the last line is torn and was ignored`,
    ]);
    expect(await run.truncateMetrics(1)).toEqual([{ epoch: 0 }, { epoch: 1 }]);
    expect(await readFile(file, "utf8")).toBe('{"epoch":0}\n{"epoch":1}\n');
    expect(await run.truncateMetrics(-1)).toEqual([]);
    expect(await readFile(file, "utf8")).toBe("");
  });

  test("cut at every byte, a file gives its complete lines", async () => {
    const run = await newRun();
    const file = join(run.folder, "metrics.jsonl");
    for (const epoch of [0, 1]) await run.appendMetrics({ epoch, note: "ü" });
    const whole = await readFile(file);
    for (let cut = 0; cut <= whole.length; cut++) {
      await writeFile(file, whole.subarray(0, cut));
      const complete = whole.subarray(0, cut).filter((byte) => byte === 0x0a).length;
      expect((await readRun(run.folder)).metrics).toHaveLength(complete);
    }
  });

  test("a broken line in the middle is an error with its place", async () => {
    const run = await newRun();
    await writeFile(join(run.folder, "metrics.jsonl"), '{"epoch":0}\n{"loss":1}\n{"epoch":2}\n');
    await expect(readRun(run.folder)).rejects.toMatchObject({ code: "ERR_BAD_FILE", offset: 12 });
  });
});

describe("checkpoints and predictions", () => {
  test("are stored by name", async () => {
    const run = await newRun();
    await run.saveCheckpoint(
      "last",
      { w: { shape: [2], data: Float32Array.of(1, 2) } },
      { metadata: { epoch: "3" } },
    );
    const { tensors, metadata } = await run.loadCheckpoint("last");
    expect(tensors.w!.data).toEqual(Float32Array.of(1, 2));
    expect(metadata).toEqual({ epoch: "3" });

    const predictions = {
      logits: Float32Array.of(1, 2, 3, 4, 5, 6),
      labels: Int32Array.of(0, 2),
      shape: [2, 3],
    } as const;
    await run.savePredictions("test", predictions);
    expect(await run.loadPredictions("test")).toEqual(predictions);
    const record = await readRun(run.folder);
    expect(await record.splits()).toEqual(["test"]);
    expect(await record.predictions("test")).toEqual(predictions);
  });

  test.each(["../config", "", ".hidden", "a/b", "a b", "x".repeat(101)])(
    "the name %j is refused",
    async (name) => {
      const run = await newRun();
      await expect(run.saveCheckpoint(name, {})).rejects.toMatchObject({ code: "ERR_BAD_NAME" });
      await expect((async () => run.loadPredictions(name))()).rejects.toThrow(
        "expected the split to be",
      );
    },
  );

  test("predictions of the wrong form are refused", async () => {
    const run = await newRun();
    const bad = { logits: new Float32Array(6), labels: new Int32Array(3), shape: [2, 3] } as const;
    await expect(run.savePredictions("test", bad)).rejects.toThrow(
      "expected 2 labels for shape [2,3], got 3",
    );
    await run.saveCheckpoint("odd", { logits: { shape: [6], data: new Float32Array(6) } });
    await rm(join(run.folder, "predictions"), { recursive: true });
    await mkdir(join(run.folder, "predictions"));
    const odd = await readFile(join(run.folder, "checkpoints", "odd.safetensors"));
    await writeFile(join(run.folder, "predictions", "odd.safetensors"), odd);
    await expect(run.loadPredictions("odd")).rejects.toThrow("expected `logits` F32 [n, k]");
  });
});

describe("listRuns", () => {
  test("finds runs at any depth, sorted, and looks into none", async () => {
    const folder = await temporaryFolder();
    const names = ["b", "a/2", "a/10", "c/d/e"];
    for (const name of names) await createRun(join(folder, name), { config: {}, manifest: {} });
    await createRun(join(folder, "b", "checkpoints", "inner"), { config: {}, manifest: {} });
    await mkdir(join(folder, "empty"));
    expect(await listRuns(folder)).toEqual(
      ["a/10", "a/2", "b", "c/d/e"].map((name) => join(folder, name)),
    );
    expect(await listRuns(join(folder, "b"))).toEqual([join(folder, "b")]);
    expect(await listRuns(join(folder, "missing"))).toEqual([]);
  });
});
