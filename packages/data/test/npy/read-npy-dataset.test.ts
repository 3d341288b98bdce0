import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DataError, type NpyData, readNpy, readNpyDataset, writeNpy } from "../../src/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";

interface Given {
  readonly images?: NpyData;
  readonly shape?: number[];
  readonly labels?: NpyData;
  readonly labelShape?: number[];
  readonly classes?: number;
}

async function read(given: Given) {
  const { images = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), labels = Int32Array.of(1, 0) } = given;
  const folder = await temporaryFolder();
  const files = { images: join(folder, "images.npy"), labels: join(folder, "labels.npy") };
  await writeNpy(files.images, images, given.shape ?? [2, 2, 2]);
  await writeNpy(files.labels, labels, given.labelShape ?? [labels.length]);
  const classes = given.classes === undefined ? {} : { classes: given.classes };
  return readNpyDataset({ name: "toy", ...files, ...classes });
}

describe("readNpyDataset", () => {
  test("grey and coloured images", async () => {
    const grey = await read({ labels: Uint8Array.of(1, 0) });
    expect([grey.shape, grey.classes, [...grey.labels]]).toEqual([[2, 2, 2, 1], 2, [1, 0]]);
    const coloured = await read({ shape: [2, 1, 2, 2], classes: 5 });
    expect([coloured.shape, coloured.classes]).toEqual([[2, 1, 2, 2], 5]);
    expect(coloured.checksum).not.toBe(grey.checksum);
  });

  test("labels as NumPy has them by default, 64 bits, also in a column", async () => {
    const { labels } = await read({ labels: BigInt64Array.of(3n, 0n), labelShape: [2, 1] });
    expect(labels).toEqual(Int32Array.of(3, 0));
  });

  test.each([
    [{ images: new Float32Array(8) }, "expected bytes of 3 or 4 axes, got Float32Array [2,2,2]"],
    [{ shape: [2, 4] }, "expected bytes of 3 or 4 axes"],
    [{ labels: Float64Array.of(0, 1) }, "expected integers of 1 axis, got Float64Array"],
    [{ labelShape: [1, 2] }, "expected integers of 1 axis"],
    [{ labels: Int8Array.of(0) }, "expected 2 labels, as many as images, got 1"],
    [{ labels: Int8Array.of(0, -1) }, "got -1 in row 1"],
    [{ labels: BigInt64Array.of(2n ** 40n, 0n) }, "got 1099511627776 in row 0"],
    [{ classes: 1 }, "expected a label in 0…0, got 1 in row 0"],
  ] as [Given, string][])("refuses %o", async (given, message) => {
    const error = await read(given).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toContain(message);
  });
});

test("CIFAR-10H's probabilities", async (ctx) => {
  const data = process.env.SD_DATA;
  if (!data) return ctx.skip("SD_DATA is not set: the folder that holds cifar10h");
  const probs = await readNpy(join(data, "cifar10h", "cifar10h-probs.npy"));
  expect(probs.shape).toEqual([10_000, 10]);
  const sums = Array.from({ length: 10_000 }, (_, i) =>
    (probs.data as Float64Array).subarray(i * 10, i * 10 + 10).reduce((a, b) => a + b, 0),
  );
  expect(sums).toBeAllclose(new Array(10_000).fill(1), { atol: 1e-12 });
});
