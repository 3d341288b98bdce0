import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { channelStatistics, readImageFolder, readTinyImageNet } from "../../src/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { put, tinyFiles } from "./image-files.ts";

async function tinyFolder(changes: Record<string, string | Uint8Array> = {}): Promise<string> {
  const folder = await temporaryFolder();
  await put(folder, { ...(await tinyFiles()), ...changes });
  return folder;
}

const greys = (images: Uint8Array): number[] => [...images].filter((_, i) => i % 12 === 0);

describe("readTinyImageNet", () => {
  test("reads both labelled parts, classes sorted by id and named by words.txt", async () => {
    const { train, validation } = await readTinyImageNet(await tinyFolder());
    expect(train.classNames).toEqual(["cat", "dog, hound"]);
    expect(validation.classNames).toEqual(train.classNames);
    expect(greys(train.images)).toEqual([10, 11, 20, 21]);
    expect([...train.labels]).toEqual([0, 0, 1, 1]);
    expect(greys(validation.images)).toEqual([22, 12]);
    expect([...validation.labels]).toEqual([1, 0]);
    expect(validation.files).toEqual(["val/images/val_0.JPEG", "val/images/val_1.JPEG"]);
    expect(train.ignored).toEqual(["train/n01/n01_boxes.txt"]);
  });

  test("the training part equals that of readImageFolder", async () => {
    const folder = await tinyFolder();
    const plain = await readImageFolder(folder, { folder: "train", size: 2 });
    const { train } = await readTinyImageNet(folder, { size: 2 });
    expect([train.images, train.labels]).toEqual([plain.images, plain.labels]);
  });

  test.each([
    [{ "val/val_annotations.txt": "val_0.JPEG\tn03\n" }, "val/val_annotations.txt", 'got "n03"'],
    [{ "val/val_annotations.txt": "val_0.JPEG\tn01\n?" }, "val/val_annotations.txt", "byte 15"],
    [{ "val/val_annotations.txt": "" }, "val/val_annotations.txt", "a line for each image"],
    [{ "val/val_annotations.txt": "x.JPEG\tn01\n" }, "val/images/x.JPEG", "annotations.txt names"],
    [{ "wnids.txt": "n01\n" }, "train", "the 1 class folders that wnids.txt names, got 2"],
    [{ "val/images/val_0.JPEG": "" }, "val/images/val_0.JPEG", "JPEG, PNG or WebP"],
  ])("refuses %o", async (changes, at, message) => {
    const folder = await tinyFolder(changes as unknown as Record<string, string>);
    const error = await readTinyImageNet(folder).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "BAD_DATA", file: join(folder, at) });
    expect(String(error)).toContain(message);
  });

  test("refuses a folder without wnids.txt or words.txt", async () => {
    const folder = await temporaryFolder();
    await expect(readTinyImageNet(folder)).rejects.toThrow("got no wnids.txt");
    await put(folder, { "wnids.txt": "n01\n" });
    await expect(readTinyImageNet(folder)).rejects.toThrow("words.txt: expected this file");
  });
});

test("twenty real classes, from their archive", async (ctx) => {
  const data = process.env.SD_DATA;
  if (!data) return ctx.skip("SD_DATA is not set: the folder that holds tiny-imagenet-20");
  const archive = join(data, "tiny-imagenet-20", "tiny-imagenet-20classes.tar.gz");
  const { train, validation } = await readTinyImageNet(archive);
  expect(train.shape).toEqual([10_000, 64, 64, 3]);
  expect(validation.shape).toEqual([1000, 64, 64, 3]);
  for (const [part, each] of [
    [train, 500],
    [validation, 50],
  ] as const) {
    for (let c = 0; c < 20; c++) expect(part.labels.filter((y) => y === c)).toHaveLength(each);
  }
  expect(train.classNames.at(-1)).toBe("espresso");
  expect(train.ignored).toHaveLength(20);
  // The known statistics of all 200 classes are near: 0.480, 0.448, 0.398.
  expect(channelStatistics(train).mean).toBeAllclose([0.48, 0.448, 0.398], { atol: 0.015 });
});
