import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readIdxDataset, subset } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { idxBytes, toyDataset } from "./toy.ts";

async function files(images: Uint8Array, labels: Uint8Array) {
  const folder = await temporaryFolder();
  const paths = { images: join(folder, "images"), labels: join(folder, "labels") };
  await writeFile(paths.images, images);
  await writeFile(paths.labels, labels);
  return { name: "toy", ...paths };
}

const IMAGES = idxBytes(8, [2, 2, 1], Uint8Array.of(1, 2, 3, 4));
const LABELS = idxBytes(8, [2], Uint8Array.of(2, 0));

describe("readIdxDataset", () => {
  test("images, labels, classes and checksum", async () => {
    const dataset = await readIdxDataset(await files(IMAGES, LABELS));
    const checksum = createHash("sha256")
      .update("[2,2,1,1]")
      .update(Uint8Array.of(1, 2, 3, 4))
      .update(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0))
      .digest("hex");
    expect(dataset).toEqual({
      name: "toy",
      images: Uint8Array.of(1, 2, 3, 4),
      labels: Int32Array.of(2, 0),
      shape: [2, 2, 1, 1],
      classes: 3,
      checksum,
    });
  });

  test("channels, given classes and names", async () => {
    const images = idxBytes(8, [1, 1, 1, 3], Uint8Array.of(1, 2, 3));
    const options = await files(images, idxBytes(9, [1], Uint8Array.of(1)));
    const classNames = ["a", "b", "c", "d"];
    const dataset = await readIdxDataset({ ...options, classes: 4, classNames });
    expect(dataset).toMatchObject({ shape: [1, 1, 1, 3], classes: 4, classNames });
  });

  test.each([
    [
      "another number of labels",
      IMAGES,
      idxBytes(8, [1], Uint8Array.of(0)),
      4,
      "expected 2 labels",
    ],
    [
      "a label beyond the classes",
      IMAGES,
      idxBytes(8, [2], Uint8Array.of(0, 3)),
      9,
      "expected a label in 0…2, got 3",
    ],
    [
      "float images",
      idxBytes(13, [1, 1, 1], new Uint8Array(4)),
      LABELS,
      2,
      "expected bytes of 3 or 4 axes",
    ],
    [
      "flat images",
      idxBytes(8, [2], new Uint8Array(2)),
      LABELS,
      2,
      "expected bytes of 3 or 4 axes",
    ],
    [
      "labels of two axes",
      IMAGES,
      idxBytes(8, [2, 1], new Uint8Array(2)),
      2,
      "expected integers of 1 axis",
    ],
  ])("refuses %s", async (_, images, labels, offset, message) => {
    const read = readIdxDataset({ ...(await files(images, labels)), classes: 3 });
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toMatchObject({ code: "BAD_DATA", offset });
  });
});

describe("subset", () => {
  test("takes rows in order, repeated ones too, and copies", () => {
    const dataset = toyDataset(4);
    const part = subset(dataset, Int32Array.of(3, 0, 3));
    expect(part.images).toEqual(Uint8Array.of(6, 7, 0, 1, 6, 7));
    expect(part.labels).toEqual(Int32Array.of(0, 0, 0));
    expect(part.shape).toEqual([3, 2, 1, 1]);
    expect(part.checksum).not.toBe(subset(dataset, Int32Array.of(0, 3, 3)).checksum);
    part.images[0] = 99;
    expect(dataset.images[6]).toBe(6);
  });

  test.each([[-1], [4]])("refuses index %i", (index) => {
    expect(() => subset(toyDataset(4), Int32Array.of(0, index))).toThrow(
      `subset: expected \`indices\` to lie in 0…3, got ${index} at index 1`,
    );
  });
});
