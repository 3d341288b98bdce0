import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DataError, readIdx } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { idxBytes } from "./toy.ts";

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), "file-idx");
  await writeFile(path, bytes);
  return path;
}

describe("readIdx", () => {
  test.each([
    [0x08, Uint8Array.of(0, 255), Uint8Array.of(0, 255)],
    [0x09, Uint8Array.of(0, 255), Int8Array.of(0, -1)],
    [0x0b, Uint8Array.of(1, 2, 255, 254), Int16Array.of(258, -2)],
    [0x0c, Uint8Array.of(0, 0, 1, 2, 255, 255, 255, 254), Int32Array.of(258, -2)],
    [0x0d, Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0), Float32Array.of(1, -2.5)],
    [
      0x0e,
      Uint8Array.of(0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 4, 0, 0, 0, 0, 0, 0),
      Float64Array.of(1, -2.5),
    ],
  ])("element type %i, plain and compressed", async (type, elements, data) => {
    const bytes = idxBytes(type, [2, 1], elements);
    const expected = { shape: [2, 1], data };
    expect(await readIdx(await fileOf(bytes))).toEqual(expected);
    expect(await readIdx(await fileOf(gzipSync(bytes)))).toEqual(expected);
  });

  test("no element, and no axis", async () => {
    expect(await readIdx(await fileOf(idxBytes(8, [0, 3], new Uint8Array(0))))).toEqual({
      shape: [0, 3],
      data: new Uint8Array(0),
    });
    expect(await readIdx(await fileOf(idxBytes(8, [], Uint8Array.of(7))))).toEqual({
      shape: [],
      data: Uint8Array.of(7),
    });
  });

  test.each<[string, Uint8Array, number, string]>([
    ["an empty file", new Uint8Array(0), 0, "expected a header of 4 bytes, got 0"],
    [
      "a wrong magic number",
      Uint8Array.of(0x89, 0x50, 8, 1),
      0,
      "expected two zero bytes, got 0x89 0x50",
    ],
    ["an unknown type", Uint8Array.of(0, 0, 0x0a, 1), 2, "got 0x0a"],
    ["a cut header", Uint8Array.of(0, 0, 8, 2, 0, 0), 6, "expected 12 bytes of header for 2 axes"],
    [
      "a truncated file",
      idxBytes(8, [3], Uint8Array.of(1, 2)),
      10,
      "truncated: expected 11 bytes for shape [3], got 10",
    ],
    [
      "trailing bytes",
      idxBytes(8, [1], Uint8Array.of(1, 2)),
      9,
      "trailing bytes: expected 9 bytes for shape [1], got 10",
    ],
    [
      "a shape beyond memory",
      idxBytes(8, [0xffffffff, 0xffffffff], new Uint8Array(0)),
      12,
      "truncated",
    ],
    [
      "a broken gzip stream",
      gzipSync(idxBytes(8, [1], Uint8Array.of(1))).subarray(0, 15),
      0,
      "broken gzip stream",
    ],
  ])("refuses %s", async (_, bytes, offset, message) => {
    const path = await fileOf(bytes);
    const error = await readIdx(path).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code: "BAD_DATA", file: path, offset });
    expect((error as DataError).message).toContain(`${path}: byte ${offset}: `);
    expect((error as DataError).message).toContain(message);
  });
});
