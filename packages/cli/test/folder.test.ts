import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRun } from "@sd/runs";
import { beforeEach, expect, test } from "vitest";
import { finishFolder, prepareFolder } from "../src/demo/folder.ts";
import { demoSettings } from "../src/demo/settings.ts";

const settings = demoSettings("cpu", {});
let out: string;
beforeEach(async () => {
  out = join(await mkdtemp(join(tmpdir(), "sd-folder-")), "demo");
});

const addRun = (): Promise<unknown> => createRun(join(out, "run"), { config: {}, manifest: {} });

test("a new folder is made", async () => {
  expect(await prepareFolder(out, settings)).toBeUndefined();
  expect(existsSync(join(out, "demo.json"))).toBe(true);
});

test("an interrupted demonstration with the same settings goes on", async () => {
  await prepareFolder(out, settings);
  await addRun();
  expect(await prepareFolder(out, settings)).toContain("goes on");
  expect(existsSync(join(out, "run"))).toBe(true);
});

test("a finished one with the same settings is made again", async () => {
  await prepareFolder(out, settings);
  await addRun();
  await finishFolder(out, settings);
  await writeFile(join(out, "notes.txt"), "mine");
  expect(await prepareFolder(out, settings)).toContain("made again");
  expect((await readdir(out)).sort()).toEqual(["demo.json", "notes.txt"]);
});

test("one with other settings is moved aside, and nothing is lost", async () => {
  await mkdir(`${out}-1`, { recursive: true });
  await prepareFolder(out, settings);
  await addRun();
  await finishFolder(out, settings);
  expect(await prepareFolder(out, { ...settings, epochs: 7 })).toContain(`${out}-2`);
  expect(existsSync(join(`${out}-2`, "run"))).toBe(true);
  expect(await readdir(out)).toEqual(["demo.json"]);
});

test("a folder that holds something else is refused and left alone", async () => {
  await mkdir(out);
  await writeFile(join(out, "thesis.tex"), "");
  await expect(prepareFolder(out, settings)).rejects.toThrow("give another --out");
  expect(await readdir(out)).toEqual(["thesis.tex"]);
});

test("a damaged demo.json is named", async () => {
  await mkdir(out);
  await writeFile(join(out, "demo.json"), "{");
  await expect(prepareFolder(out, settings)).rejects.toThrow("demo.json is damaged");
});
