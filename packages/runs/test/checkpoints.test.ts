import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRun, type Run, type RunError } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const newRun = async (): Promise<Run> =>
  createRun(join(await temporaryFolder(), "run"), { config: {}, manifest: {} });

const save = (run: Run, value: number, keep: number, name = "last"): Promise<void> =>
  run.saveCheckpoint(name, { x: { shape: [1], data: Float32Array.of(value) } }, { keep });

const storedIn = async (run: Run, name: string): Promise<number> =>
  (await run.loadCheckpoint(name)).tensors.x!.data[0] as number;

const files = async (run: Run): Promise<string[]> =>
  (await readdir(join(run.folder, "checkpoints"))).sort();

const pathOf = (run: Run, name: string): string =>
  join(run.folder, "checkpoints", `${name}.safetensors`);

/** Ways to damage a file. */
const DAMAGES: [string, (bytes: Buffer) => Buffer][] = [
  ["cut", (bytes) => bytes.subarray(0, bytes.length - 1)],
  ["empty", () => Buffer.alloc(0)],
  [
    "with a bit that flipped",
    (bytes) => {
      bytes[bytes.length - 2]! ^= 4;
      return bytes;
    },
  ],
];

async function damage(path: string, how: (bytes: Buffer) => Buffer): Promise<void> {
  await writeFile(path, how(await readFile(path)));
}

describe("the last checkpoints of a name", () => {
  test("are kept, as many as asked for, newest first", async () => {
    const run = await newRun();
    for (let value = 0; value < 5; value++) await save(run, value, 3);
    await save(run, 7, 2, "last-minute");
    expect(await files(run)).toEqual([
      "last-1.safetensors",
      "last-2.safetensors",
      "last-minute.safetensors",
      "last.safetensors",
    ]);
    expect(await Promise.all(["last", "last-1", "last-2"].map((n) => storedIn(run, n)))).toEqual([
      4, 3, 2,
    ]);
  });

  test("become fewer where fewer are asked for", async () => {
    const run = await newRun();
    for (let value = 0; value < 4; value++) await save(run, value, 4);
    await save(run, 4, 2);
    expect(await files(run)).toEqual(["last-1.safetensors", "last.safetensors"]);
    await save(run, 5, 1);
    expect(await files(run)).toEqual(["last.safetensors"]);
  });

  test.each([0, 1.5, -1])("are not %d", async (keep) => {
    const run = await newRun();
    await expect(save(run, 0, keep)).rejects.toMatchObject({ code: "ERR_BAD_VALUE" });
    expect(await files(run)).toEqual([]);
  });
});

describe("the newest whole checkpoint", () => {
  test("is none where none was saved", async () => {
    expect(await (await newRun()).loadNewestCheckpoint("last")).toBeUndefined();
  });

  test.each(DAMAGES)("is the one before where the last is %s", async (_, how) => {
    const run = await newRun();
    for (let value = 0; value < 3; value++) await save(run, value, 2);
    await damage(pathOf(run, "last"), how);
    const told: RunError[] = [];
    const checkpoint = await run.loadNewestCheckpoint("last", { onDamaged: (e) => told.push(e) });
    expect(checkpoint?.tensors.x?.data[0]).toBe(1);
    expect(told).toMatchObject([{ code: "ERR_BAD_FILE", file: pathOf(run, "last") }]);
    // The damaged one is gone, and the whole one stays when the next is saved.
    expect(await files(run)).toEqual(["last.safetensors"]);
    await save(run, 3, 2);
    expect(await storedIn(run, "last-1")).toBe(1);
  });

  test("is an older one where a kill came between two renames", async () => {
    const run = await newRun();
    await save(run, 1, 2);
    await writeFile(pathOf(run, "last-1"), await readFile(pathOf(run, "last")));
    await damage(pathOf(run, "last"), () => Buffer.alloc(3));
    expect((await run.loadNewestCheckpoint("last"))?.tensors.x?.data[0]).toBe(1);
  });

  test("fails where all are damaged, with the newest one's fault", async () => {
    const run = await newRun();
    for (let value = 0; value < 2; value++) await save(run, value, 2);
    for (const name of ["last", "last-1"]) await damage(pathOf(run, name), () => Buffer.alloc(9));
    await expect(run.loadNewestCheckpoint("last")).rejects.toMatchObject({
      code: "ERR_BAD_FILE",
      file: pathOf(run, "last"),
    });
  });
});

test("what a run had in hand when it failed is kept beside it", async () => {
  const run = await newRun();
  const tensors = { x: { shape: [1], data: Float32Array.of(Number.NaN) } };
  const file = await run.saveFailure("epoch-0-step-3", tensors, { loss: "NaN" });
  expect(file).toBe("failures/epoch-0-step-3.safetensors");
  expect((await readFile(join(run.folder, file))).length).toBeGreaterThan(0);
});
