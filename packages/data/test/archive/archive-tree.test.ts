// What is read from an archive equals what is read from the folder that it holds.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readImageFolder, readTinyImageNet } from "../../src/index.ts";
import { plain, put, tinyFiles } from "../images/image-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { tar, zip } from "./hostile.ts";

type Files = Record<string, string | Uint8Array>;

/** The files in a folder, and in archives of all kinds below one more folder. */
async function everywhere(files: Files): Promise<{ folder: string; archives: string[] }> {
  const parts = Object.entries(files).map(([name, body]) => ({ name: `top/${name}`, body }));
  const root = await temporaryFolder();
  const folder = join(root, "top");
  await put(folder, files);
  const made = { "x.tar": tar(parts), "x.tgz": gzipSync(tar(parts)), "x.zip": zip(parts) };
  await put(root, made);
  return { folder, archives: Object.keys(made).map((name) => join(root, name)) };
}

describe("archives are read without being unpacked", () => {
  test("class folders", async () => {
    const files: Files = { "b/1.png": await plain(1), "a/2.png": await plain(2), "a/x.csv": "1" };
    const { folder, archives } = await everywhere(files);
    const expected = await readImageFolder(folder);
    for (const archive of archives) {
      expect(await readImageFolder(archive, { folder: "top/" })).toEqual(expected);
      expect((await readImageFolder(archive, { size: 2 })).classNames).toEqual(["top"]);
    }
  });

  test("Tiny-ImageNet's layout, with the folder found", async () => {
    const { folder, archives } = await everywhere(await tinyFiles());
    const expected = await readTinyImageNet(folder);
    for (const archive of archives) expect(await readTinyImageNet(archive)).toEqual(expected);
  });

  test("a class folder that is empty is seen", async () => {
    const file = join(await temporaryFolder(), "x.tar");
    const folder = { name: "empty/", type: "5" };
    await writeFile(file, tar([folder, { name: "a/1.png", body: await plain(1) }]));
    await expect(readImageFolder(file)).rejects.toMatchObject({ file: `${file}:empty` });
  });

  test("a damaged image is named with its archive", async () => {
    const file = join(await temporaryFolder(), "x.zip");
    await writeFile(file, zip([{ name: "a/1.png", body: "text" }]));
    await expect(readImageFolder(file)).rejects.toMatchObject({ file: `${file}:a/1.png` });
  });

  test("limits are the caller's", async () => {
    const file = join(await temporaryFolder(), "x.zip");
    await writeFile(file, zip([{ name: "a/1.png", body: "text" }]));
    const limits = { entryBytes: 3 };
    await expect(readImageFolder(file, { limits })).rejects.toThrow("at most 3 bytes, got 4");
  });
});
