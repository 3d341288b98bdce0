import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { givenNoise, readCifar, readLabelColumn } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

async function put(text: string | Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), "labels.csv");
  await writeFile(file, text);
  return file;
}

describe("readLabelColumn", () => {
  test.each([
    "clean,worse\n0,2\n1,1\n",
    "clean,worse\r\n0,2\r\n1,1",
    gzipSync("clean,worse\n0,2\n1,1\n"),
  ])("reads a column by its name: %j", async (text) => {
    const file = await put(text);
    expect(await readLabelColumn(file, { column: "worse", classes: 3 })).toEqual(
      Int32Array.of(2, 1),
    );
    expect(await readLabelColumn(file, { column: "clean", classes: 2 })).toEqual(
      Int32Array.of(0, 1),
    );
  });

  test.each([
    ["a,b\n0,1\n", "c", 0, "expected a column `c`, got a, b"],
    ["a,b\n0,1\n3,0\n", "a", 8, 'expected a label in 0…2, got "3"'],
    ["a,b\n0,1\n1\n", "b", 8, 'got ""'],
    ["a,b\n-1,1\n", "a", 4, 'got "-1"'],
    ["a,b\n1.5,1\n", "a", 4, 'got "1.5"'],
    ["", "a", 0, "expected a column `a`"],
  ])("refuses %j at the byte of the line", async (text, column, offset, message) => {
    const file = await put(text);
    const error = await readLabelColumn(file, { column, classes: 3 }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "BAD_DATA", file, offset });
    expect((error as Error).message).toContain(message);
  });

  test("CIFAR-10N and CIFAR-100N have the published rates of noise", async (ctx) => {
    const data = process.env.SD_DATA;
    if (!data) return ctx.skip("SD_DATA is not set: the folder that holds cifar10n/ and cifar10/");
    const ten = join(data, "cifar10n", "cifar10n-labels.csv.gz");
    const read = (column: string) => readLabelColumn(ten, { column, classes: 10 });
    const clean = await read("clean_label");
    const files = [1, 2].map((i) => join(data, "cifar10", `data_batch_${i}.bin.gz`));
    const { labels } = await readCifar({ name: "train", files, labels: "cifar10" });
    expect(clean.slice(0, 20_000)).toEqual(labels);
    const rate = async (column: string): Promise<number> => {
      const { flipped } = givenNoise(clean, await read(column), { classes: 10 });
      return flipped.reduce((a, b) => a + b, 0) / flipped.length;
    };
    // The paper's rates, within a few labels of the files'.
    expect(await rate("aggre_label")).toBeAllclose(0.0903, { atol: 3e-4 });
    expect(await rate("random_label1")).toBeAllclose(0.1723, { atol: 3e-4 });
    expect(await rate("worse_label")).toBeAllclose(0.4021, { atol: 3e-4 });
    const hundred = join(data, "cifar10n", "cifar100n-labels.csv.gz");
    const fine = (column: string) => readLabelColumn(hundred, { column, classes: 100 });
    const noisy = givenNoise(await fine("clean_label"), await fine("noisy_label"), {
      classes: 100,
    });
    expect(noisy.flipped.reduce((a, b) => a + b, 0) / 50_000).toBeAllclose(0.402, { atol: 5e-4 });
  });
});
