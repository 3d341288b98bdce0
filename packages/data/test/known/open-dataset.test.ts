import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { checkDataset, type DatasetName, datasetNames, openDataset } from "../../src/index.ts";
import { tar, zip } from "../archive/hostile.ts";
import { put, tinyFiles } from "../images/image-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { idxBytes } from "../toy.ts";

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const records = (...labels: number[][]): Buffer =>
  Buffer.concat(labels.map((label) => Buffer.concat([Buffer.from(label), Buffer.alloc(3072, 9)])));

describe("openDataset", () => {
  test("CIFAR-10 with the batches that are there, compressed or not, in either folder", async () => {
    await put(folder, {
      "data_batch_4.bin.gz": gzipSync(records([3], [4])),
      "cifar-10-batches-bin/data_batch_2.bin": records([1]),
      "test_batch.bin": records([7]),
    });
    const { train, test: tests, description } = await openDataset("cifar-10", folder);
    expect([...train.labels, ...tests.labels]).toEqual([1, 3, 4, 7]);
    expect(train.classNames![3]).toBe("cat");
    expect(description).toBe(
      "CIFAR-10 (of its 5 batches data_batch_2, data_batch_4): 3 training and 1 test images",
    );
  });

  test("CIFAR-100 with either label, and the names that lie beside it", async () => {
    await put(folder, {
      "train.bin.gz": gzipSync(records([1, 42])),
      "test.bin": records([2, 43]),
      "coarse_label_names.txt": "a\nb\nc\n",
    });
    const fine = await openDataset("cifar-100", folder);
    const coarse = await openDataset("cifar-100", folder, { labels: "coarse" });
    expect([fine.train.labels[0], fine.train.classes, fine.train.classNames]).toEqual([
      42,
      100,
      undefined,
    ]);
    expect([coarse.test.labels[0], coarse.test.classNames]).toEqual([2, ["a", "b", "c"]]);
    expect(coarse.description).toBe(
      "CIFAR-100, coarse labels (a subset): 1 training and 1 test images",
    );
  });

  test.each(["mnist", "fashion-mnist"] as const)("%s", async (name) => {
    for (const [part, n] of [
      ["train", 3],
      ["t10k", 2],
    ] as const) {
      const images = idxBytes(8, [n, 2, 2], new Uint8Array(4 * n));
      await put(folder, {
        [`${part}-images-idx3-ubyte.gz`]: gzipSync(images),
        [`${part}-labels-idx1-ubyte`]: idxBytes(
          8,
          [n],
          Uint8Array.from({ length: n }, (_, i) => i),
        ),
      });
    }
    const { train, test: tests, description } = await openDataset(name, folder);
    expect([train.shape, tests.shape, train.classes]).toEqual([[3, 2, 2, 1], [2, 2, 2, 1], 10]);
    expect(train.classNames).toHaveLength(10);
    expect(description).toMatch(/MNIST: 3 training and 2 test images$/);
  });

  test("Tiny-ImageNet as a folder, one around it, or an archive", async () => {
    const files = await tinyFiles();
    const parts = Object.entries(files).map(([name, body]) => ({
      name: `tiny-imagenet-200/${name}`,
      body,
    }));
    const places = ["direct", "around", "zip", "tar"].map((name) => join(folder, name));
    const [direct, around, zipped, tarred] = places as [string, string, string, string];
    await put(direct, files);
    await put(join(around, "tiny-imagenet-200"), files);
    await put(zipped, { "tiny-imagenet-200.zip": zip(parts) });
    await put(tarred, { "tiny-imagenet-2.tar.gz": gzipSync(tar(parts)) });
    for (const place of places) {
      const { train, test: tests, description } = await openDataset("tiny-imagenet-200", place);
      expect([train.shape[0], tests.shape[0]]).toEqual([4, 2]);
      expect(description).toBe(
        "Tiny-ImageNet (2 of its 200 classes): 4 training and 2 validation images",
      );
    }
    const resized = await openDataset("tiny-imagenet-200", direct, { size: 5 });
    expect(resized.test.shape).toEqual([2, 5, 5, 3]);
  });

  test.each([
    ["cifar-10", "data_batch_1.bin"],
    ["cifar-100", "train.bin"],
    ["mnist", "train-images-idx3-ubyte"],
    ["fashion-mnist", "train-images-idx3-ubyte"],
    ["tiny-imagenet-200", ""],
  ] as const)("%s in an empty folder: the file that is missing", async (name, missing) => {
    const error = await openDataset(name, folder).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "BAD_DATA", file: join(folder, missing) });
  });

  test("CIFAR-10 without its test batch", async () => {
    await writeFile(join(folder, "data_batch_1.bin"), records([1]));
    await expect(openDataset("cifar-10", folder)).rejects.toThrow(
      "test_batch.bin: expected this file of CIFAR-10, or test_batch.bin.gz",
    );
  });

  test("a folder where a file should be is no file", async () => {
    await mkdir(join(folder, "train.bin"));
    await expect(openDataset("cifar-100", folder)).rejects.toMatchObject({ code: "BAD_DATA" });
  });

  test("other names are refused", async () => {
    await expect(openDataset("toString" as DatasetName, folder)).rejects.toThrow("expected `name`");
    expect(datasetNames).toContain("mnist");
  });
});

describe("the real files", () => {
  test.for([
    ["cifar-10", "cifar10", [20_000, 10_000], "of its 5 batches data_batch_1, data_batch_2"],
    ["cifar-100", "cifar100-subset", [20_000, 5000], "fine labels (a subset)"],
  ] as const)("%s", async ([name, place, sizes, note], ctx) => {
    const data = process.env.SD_DATA;
    if (!data) return ctx.skip(`SD_DATA is not set: the folder that holds ${place}`);
    const opened = await openDataset(name, join(data, place));
    expect([opened.train.shape[0], opened.test.shape[0]]).toEqual(sizes);
    expect(opened.description).toContain(note);
  });

  test("of CIFAR-10 are the official ones", async (ctx) => {
    const data = process.env.SD_DATA;
    if (!data) return ctx.skip("SD_DATA is not set: the folder that holds cifar10");
    const { files, complete } = await checkDataset("cifar-10", join(data, "cifar10"));
    const states = files.map(({ state }) => state);
    expect(complete).toBe(!states.includes("missing"));
    expect(states).not.toContain("other");
    expect(states.at(-1)).toBe("official");
  });
});
