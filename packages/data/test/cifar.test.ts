import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type CifarOptions, channelStatistics, readCifar } from "@sd/data";
import { beforeEach, describe, expect, test } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sd-cifar-"));
});

/** A record whose pixel i has the red value i, green value i + 1, blue value i + 2 (mod 256), plus a shift. */
function record(labelBytes: number[], shift = 0): Uint8Array {
  const pixels = Array.from({ length: 3 * 1024 }, (_, i) => ((i % 1024) + (i >> 10) + shift) % 256);
  return Uint8Array.from([...labelBytes, ...pixels]);
}

async function put(name: string, ...records: Uint8Array[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, Buffer.concat(records));
  return file;
}

const read = (files: string[], labels: CifarOptions["labels"] = "cifar10") =>
  readCifar({ name: "toy", files, labels });

describe("readCifar", () => {
  test("reads records of several files in order, channels last", async () => {
    const files = [
      await put("a.bin", record([3]), record([9], 7)),
      await put("b.bin", record([0])),
    ];
    const { images, labels, shape, classes } = await read(files);
    expect([...labels]).toEqual([3, 9, 0]);
    expect([shape, classes]).toEqual([[3, 32, 32, 3], 10]);
    expect([...images.subarray(0, 6)]).toEqual([0, 1, 2, 1, 2, 3]);
    expect([...images.subarray(3072, 3075)]).toEqual([7, 8, 9]);
  });

  test("CIFAR-100 has a coarse and a fine label", async () => {
    const file = await put("a.bin", record([19, 99]), record([0, 42]));
    const [coarse, fine] = [
      await read([file], "cifar100-coarse"),
      await read([file], "cifar100-fine"),
    ];
    expect([[...coarse.labels], coarse.classes]).toEqual([[19, 0], 20]);
    expect([[...fine.labels], fine.classes]).toEqual([[99, 42], 100]);
    expect(fine.images).toEqual(coarse.images);
  });

  test("gzip is recognised by its first bytes", async () => {
    const file = join(folder, "a.bin.gz");
    await writeFile(file, gzipSync(record([5])));
    expect((await read([file])).labels[0]).toBe(5);
  });

  test("the checksum tells pixels and labels apart", async () => {
    const a = await read([await put("a.bin", record([1]))]);
    const b = await read([await put("b.bin", record([2]))]);
    const c = await read([await put("c.bin", record([1], 1))]);
    expect(new Set([a, b, c].map(({ checksum }) => checksum)).size).toBe(3);
  });

  test.each([
    [
      "truncated",
      [record([1]), record([1]).subarray(0, 100)],
      3073,
      "got 100 bytes after the last",
    ],
    ["empty", [], 0, "at least one"],
    ["with a label out of range", [record([1]), record([10])], 3073, "a label in 0…9, got 10"],
  ])(
    "a file that is %s is refused with its name and the byte",
    async (_, records, offset, message) => {
      const file = await put("bad.bin", ...records);
      const error = await read([file]).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: "BAD_DATA", file, offset });
      expect((error as Error).message).toContain(message);
    },
  );

  test("CIFAR-10 read as CIFAR-100 is refused", async () => {
    const file = await put("a.bin", record([1]));
    await expect(read([file], "cifar100-fine")).rejects.toThrow("whole records of 3074 bytes");
  });

  test("no file is refused", async () => {
    await expect(read([])).rejects.toThrow("readCifar: expected `files` to name at least one file");
  });
});

describe("the real test images of CIFAR-10", () => {
  test("are the official ones, balanced, with the known statistics", async (ctx) => {
    const data = process.env.SD_DATA;
    if (!data)
      return ctx.skip("SD_DATA is not set: the folder that holds cifar10/test_batch.bin.gz");
    const cifar = await read([join(data, "cifar10", "test_batch.bin.gz")]);
    expect(cifar.shape).toEqual([10_000, 32, 32, 3]);
    for (let c = 0; c < 10; c++) expect(cifar.labels.filter((y) => y === c)).toHaveLength(1000);
    // Back in the layout of the file, the bytes have the sha256 of the official test_batch.bin.
    const hash = createHash("sha256");
    const plane = new Uint8Array(1024);
    for (let row = 0; row < 10_000; row++) {
      hash.update(Uint8Array.of(cifar.labels[row]!));
      for (let channel = 0; channel < 3; channel++) {
        for (let i = 0; i < 1024; i++) plane[i] = cifar.images[row * 3072 + 3 * i + channel]!;
        hash.update(plane);
      }
    }
    expect(hash.digest("hex")).toBe(
      "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    );
    const { mean, std } = channelStatistics(cifar);
    expect(mean).toBeAllclose([0.4942, 0.4851, 0.4504], { atol: 1e-4 });
    expect(std).toBeAllclose([0.2467, 0.2429, 0.2616], { atol: 1e-4 });
  });
});
