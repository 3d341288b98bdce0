// Damaged checkpoints, full disks, and losses that are not finite.
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRun, readSafetensors } from "@sd/runs";
import { findEngine } from "@sd/tfjs-native";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TrainOptions } from "../src/config.ts";
import { type Engine, openEngine } from "../src/engine.ts";
import type { TrainerError } from "../src/errors.ts";
import { train } from "../src/train.ts";
import { outcome, stopAt } from "./outcome.ts";
import { smallRun } from "./small-run.ts";
import { trainInProcess } from "./training-process.ts";

const name = (await findEngine()) === undefined ? "wasm" : "native";
let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine({ name, install: false });
});
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "sd-robust-")), "run");
});

const options = (changes: Partial<TrainOptions> = {}): TrainOptions => ({
  ...smallRun(folder, engine, "online-label-smoothing", "mlp"),
  ...changes,
});
const checkpoint = (checkpointName: string): string =>
  join(folder, "checkpoints", `${checkpointName}.safetensors`);

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 16;
  await writeFile(path, bytes);
}
const cut = async (path: string): Promise<void> =>
  writeFile(path, (await readFile(path)).subarray(0, 9000));

describe("a damaged checkpoint", () => {
  test.each([
    ["cut", cut, "is cut off"],
    ["with a bit that flipped", flipBit, "the checksum differs"],
  ])("`last`, %s, is told, and the run goes on from the one before it", async (_, spoil, told) => {
    await train(options({ folder: `${folder}-whole` }));
    await train(options(stopAt(2, 3)));
    await spoil(checkpoint("last"));
    const warnings: string[] = [];
    await train(options({ onWarning: (message) => warnings.push(message) }));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(checkpoint("last"));
    expect(warnings[0]).toContain(told);
    expect(warnings[0]).toContain("going on from the checkpoint before it");
    expect(await outcome(folder)).toEqual(await outcome(`${folder}-whole`));
  });

  test("`last` is told by a warning of the process where nobody listens", async () => {
    await train(options(stopAt(2, 3)));
    await flipBit(checkpoint("last"));
    const warning = new Promise<Error>((resolve) => void process.once("warning", resolve));
    await train(options());
    expect((await warning).message).toContain("the checksum differs");
  });

  test("`last` and all before it end the run, with the file's name", async () => {
    await train(options(stopAt(2, 3)));
    for (const which of ["last", "last-1"]) await flipBit(checkpoint(which));
    const error = await train(options({ onWarning: () => {} })).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "ERR_BAD_FILE", file: checkpoint("last") });
    expect((await readRun(folder)).status.state).toBe("failed");
  });

  test("`best` is told, and the best epoch before it is taken", async () => {
    // The validation loss falls in every epoch.
    const slow = { bestBy: "nll", optimizer: { learningRate: 0.01 } } as const;
    await train(options({ ...slow, folder: `${folder}-whole` }));
    await train(options({ ...slow, ...stopAt(3, 3) }));
    const before = await readFile(checkpoint("best-1"));
    await flipBit(checkpoint("best"));
    const warnings: string[] = [];
    const onWarning = (message: string): void => void warnings.push(message);
    await train(options({ ...slow, signal: AbortSignal.abort(), onWarning }));
    expect(warnings.join()).toContain(`${checkpoint("best")}: the checksum differs`);
    expect(warnings.join()).toContain("taking the best epoch before it");
    expect(await readFile(checkpoint("best"))).toEqual(before);
    await train(options(slow));
    expect(await outcome(folder)).toEqual(await outcome(`${folder}-whole`));
  });

  test("as many of `last` are kept as asked for", async () => {
    await train(options({ keepLast: 3 }));
    const files = (await readdir(join(folder, "checkpoints"))).sort();
    expect(files.filter((file) => file.startsWith("last"))).toEqual([
      "last-1.safetensors",
      "last-2.safetensors",
      "last.safetensors",
    ]);
  });
});

test("a run that goes on with other threads is told that its numbers may differ", async () => {
  await train(options(stopAt(1, 3)));
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as { threads: number };
  await writeFile(path, JSON.stringify({ ...manifest, threads: 77 }));
  const warnings: string[] = [];
  await train(options({ onWarning: (message) => warnings.push(message) }));
  expect(warnings).toEqual([
    `${folder}: the run was begun with 77 threads, goes on with ${engine.threads}: it may not end in the same numbers`,
  ]);
});

describe("a full disk", () => {
  test("ends the run with its reason; with room, it goes on to the same numbers", async () => {
    await train(options({ folder: `${folder}-whole` }));
    const args = [folder, name, "online-label-smoothing", "mlp"];
    // `best` takes 69 KB, `last` has the momentum as well.
    const full = await trainInProcess(args, { blocks: 100 });
    expect(full.code).toBe(1);
    expect(full.lines.at(-1)).toContain("failed: ERR_NO_SPACE: ");
    const { status, metrics, warnings } = await readRun(folder);
    expect(status.state).toBe("failed");
    expect(status.error).toContain("no room to write it");
    expect([metrics, warnings]).toEqual([[], []]);
    const files = await readdir(folder, { recursive: true });
    expect(files.filter((file) => /tmp|lock|last/.test(file))).toEqual([]);
    expect((await trainInProcess(args)).lines.at(-1)).toBe("done");
    expect(await outcome(folder)).toEqual(await outcome(`${folder}-whole`));
  });

  test("where not even the status can be written, the run still goes on later", async () => {
    await train(options({ folder: `${folder}-whole` }));
    const args = [folder, name, "online-label-smoothing", "mlp"];
    const stopping = await trainInProcess(args, {
      onLine: (n, child) => {
        if (n === 9) child.kill("SIGTERM");
      },
    });
    expect(stopping.lines.at(-1)).toBe("stopped");
    const full = await trainInProcess(args, { blocks: 0 });
    expect(full.lines.at(-1)).toContain("failed: ");
    expect((await trainInProcess(args)).lines.at(-1)).toBe("done");
    expect(await outcome(folder)).toEqual(await outcome(`${folder}-whole`));
  });
});

describe("a loss that is not finite", () => {
  test("is told with the batch that it came from", async () => {
    const optimizer = { learningRate: 1e30 };
    const error = (await train(options({ optimizer })).catch((e: unknown) => e)) as TrainerError;
    expect(error).toMatchObject({ code: "NON_FINITE_LOSS" });
    const { file } = error;
    expect(file).toMatch(/^failures\/epoch-0-step-\d+\.safetensors$/);
    expect(error.message).toContain(`its batch is in ${file}`);
    const { status } = await readRun(folder);
    expect(status).toMatchObject({ state: "failed", error: error.message, batch: file });

    const { tensors, metadata } = await readSafetensors(join(folder, file!));
    const shapes = Object.entries(tensors).map(([k, { shape }]) => [k, shape]);
    expect(Object.fromEntries(shapes)).toEqual({
      images: [16, 8, 8, 1],
      labels: [16],
      indices: [16],
      targets: [16, 4],
      logits: [16, 4],
    });
    expect(error.message).toContain(metadata.problem);
    const logits = tensors.logits!.data as Float32Array;
    expect(logits.some((x) => !Number.isFinite(x))).toBe(true);
    // The rows of the training set that it was made of.
    const { labels } = options().data.train;
    const indices = [...(tensors.indices!.data as Int32Array)];
    expect([...(tensors.labels!.data as Int32Array)]).toEqual(indices.map((row) => labels[row]));
  });

  test("of a teacher's logits is told before the step", async () => {
    const run = smallRun(folder, engine, "self-distillation", "mlp");
    const weights = { ...run.teacher!.weights };
    weights["fc2.bias"] = Float32Array.of(0, Number.NaN, 0, 0);
    const error = await train({ ...run, teacher: { ...run.teacher!, weights } }).catch((e) => e);
    expect(error.message).toContain("a logit of the teacher is NaN at epoch 0, step 0");
    const { tensors } = await readSafetensors(join(folder, (error as TrainerError).file!));
    expect(tensors["signals.teacher"]!.shape).toEqual([16, 4]);
    expect(tensors.targets).toBeUndefined();
  });
});
