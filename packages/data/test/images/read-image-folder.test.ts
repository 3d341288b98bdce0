import { mkdir, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ImageFolderOptions, readImageFolder, subset } from "../../src/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { plain, put } from "./image-files.ts";

async function folderOf(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await temporaryFolder();
  await put(folder, files);
  return folder;
}

const refusal = (folder: string, options?: ImageFolderOptions): Promise<unknown> =>
  readImageFolder(folder, options).catch((error: unknown) => error);

describe("readImageFolder", () => {
  test("classes are sorted by name, files by folder and name", async () => {
    const folder = await folderOf({
      "dog/b.png": await plain(1),
      "dog/a/z.png": await plain(2),
      "dog/a-b/y.png": await plain(3),
      "cat/10.png": await plain(4),
      "cat/9.PNG": await plain(5),
      "Zebra/1.png": await plain(6),
      "😀/1.png": await plain(7),
      "ｚ/1.png": await plain(8),
    });
    const { classNames, files, labels, images, shape, classes, name } =
      await readImageFolder(folder);
    // As Python sorts them: by code point, which UTF-16 gets wrong for the last two.
    expect(classNames).toEqual(["Zebra", "cat", "dog", "ｚ", "😀"]);
    expect(files).toEqual([
      "Zebra/1.png",
      "cat/10.png",
      "cat/9.PNG",
      "dog/b.png",
      "dog/a/z.png",
      "dog/a-b/y.png",
      "ｚ/1.png",
      "😀/1.png",
    ]);
    expect([...labels]).toEqual([0, 1, 1, 2, 2, 2, 3, 4]);
    expect([shape, classes, name]).toEqual([[8, 2, 2, 3], 5, basename(folder)]);
    expect([...images].filter((_, i) => i % 12 === 0)).toEqual([6, 4, 5, 1, 2, 3, 8, 7]);
  });

  test("hidden files and other endings are left out and named", async () => {
    const folder = await folderOf({
      "a/1.png": await plain(1),
      "a/.2.png": await plain(1),
      "a/notes.txt": "",
      ".git/config": "",
      "__MACOSX/a/1.png": "",
      "top.png": await plain(1),
    });
    const { classNames, files, ignored } = await readImageFolder(folder);
    expect([classNames, files]).toEqual([["a"], ["a/1.png"]]);
    expect(ignored).toEqual([
      ".git/config",
      "__MACOSX/a/1.png",
      "a/.2.png",
      "a/notes.txt",
      "top.png",
    ]);
  });

  test("one part of a tree, and links to folders elsewhere", async () => {
    const elsewhere = await folderOf({ "1.png": await plain(9) });
    const folder = await folderOf({
      "train/a/1.png": await plain(1),
      "test/a/1.png": await plain(2),
    });
    await symlink(elsewhere, join(folder, "train", "b"));
    const { classNames, name, images } = await readImageFolder(folder, { folder: "train" });
    expect([classNames, name, images[0], images[12]]).toEqual([["a", "b"], "train", 1, 9]);
  });

  test("the checksum tells bytes, names, classes and the decoding apart, and nothing else", async () => {
    const checksum = async (files: Record<string, Uint8Array>, options?: ImageFolderOptions) =>
      (await readImageFolder(await folderOf(files), options)).checksum;
    const [one, two] = [await plain(1), await plain(2)];
    const checksums = [
      await checksum({ "a/1.png": one, "b/1.png": two }),
      await checksum({ "a/1.png": one, "b/1.png": one }),
      await checksum({ "a/1.png": one, "b/2.png": two }),
      await checksum({ "a/1.png": one, "c/1.png": two }),
      await checksum({ "a/1.png": one, "b/1.png": two }, { size: 3 }),
      await checksum({ "a/1.png": one, "b/1.png": two }, { size: 3, kernel: "cubic" }),
    ];
    expect(new Set(checksums).size).toBe(checksums.length);
    expect(await checksum({ "b/1.png": two, "a/1.png": one }, { concurrency: 1 })).toBe(
      checksums[0],
    );
  });

  test("the same whatever is decoded at once", async () => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 40; i++) files[`${i % 3}/${i}.png`] = await plain(i, 3, 2);
    const folder = await folderOf(files);
    const expected = await readImageFolder(folder, { concurrency: 1 });
    for (const concurrency of [2, 7, 100]) {
      expect(await readImageFolder(folder, { concurrency })).toEqual(expected);
    }
  });

  test("a subset keeps the files of its rows", async () => {
    const folder = await folderOf({ "a/1.png": await plain(1), "b/2.png": await plain(2) });
    const { files, labels } = subset(await readImageFolder(folder), Int32Array.of(1, 1, 0));
    expect([files, [...labels]]).toEqual([
      ["b/2.png", "b/2.png", "a/1.png"],
      [1, 1, 0],
    ]);
  });
});

describe("refuses", () => {
  test.each([
    ["an empty folder", {}, "", "a folder for each class, got 0 files"],
    ["files without folders", { "1.png": "x" }, "", "a folder for each class, got 1 files"],
    ["a class without images", { "a/1.txt": "" }, "a", "in every class folder, got none"],
    ["an image that is none", { "a/1.png": "GIF89a" }, "a/1.png", "a JPEG, PNG or WebP image"],
  ])("%s", async (_, files, at, message) => {
    const folder = await folderOf(files as unknown as Record<string, string>);
    const error = await refusal(folder);
    expect(error).toMatchObject({ code: "BAD_DATA", file: join(folder, at) });
    expect((error as Error).message).toContain(message);
  });

  test("a class folder with nothing in it", async () => {
    const folder = await folderOf({ "a/1.png": await plain(1) });
    await mkdir(join(folder, "b"));
    expect(await refusal(folder)).toMatchObject({ code: "BAD_DATA", file: join(folder, "b") });
  });

  test("a damaged image among good ones, with its name", async () => {
    const good = await plain(1, 30, 30);
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 9; i++) files[`a/${i}.png`] = good;
    const folder = await folderOf({ ...files, "a/5.png": good.subarray(0, good.length - 20) });
    expect(await refusal(folder)).toMatchObject({ file: join(folder, "a/5.png") });
  });

  test("images of several sizes where none is asked for", async () => {
    const folder = await folderOf({ "a/1.png": await plain(1), "a/2.png": await plain(1, 3, 2) });
    expect(String(await refusal(folder))).toContain(
      "2.png: expected 2 × 2 pixels as in the first image, got 2 × 3: set `size`",
    );
    expect((await readImageFolder(folder, { size: 4 })).shape).toEqual([2, 4, 4, 3]);
  });

  test("a link to a folder around it", async () => {
    const folder = await folderOf({ "a/1.png": await plain(1) });
    await symlink(folder, join(folder, "a", "loop"));
    expect(String(await refusal(folder))).toContain("got a link to one around it");
    await rm(join(folder, "a", "loop"));
    expect((await readImageFolder(folder)).shape[0]).toBe(1);
  });

  test("no option but a number of images at once", async () => {
    await expect(readImageFolder(".", { concurrency: 0 })).rejects.toThrow(
      "expected `concurrency`",
    );
  });

  test("bytes that were changed: an image or a DataError, never anything else", async () => {
    const image = await plain(77, 9, 9);
    const folder = await folderOf({ "a/1.png": image });
    await fc.assert(
      fc.asyncProperty(fc.nat(image.length - 1), fc.nat(255), async (at, value) => {
        const changed = Buffer.from(image);
        changed[at] = value;
        await put(folder, { "a/1.png": changed });
        const result = (await refusal(folder)) as { code?: string; shape?: number[] };
        expect(result.shape !== undefined || result.code === "BAD_DATA").toBe(true);
      }),
    );
  });
});
