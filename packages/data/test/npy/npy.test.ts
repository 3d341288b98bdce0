import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { DataError, type NpyData, readNpy, writeNpy } from "../../src/index.ts";
import fixture from "../fixtures/npy.json" with { type: "json" };
import { temporaryFolder } from "../temporary-folder.ts";

let path: string;
beforeEach(async () => {
  path = join(await temporaryFolder(), "x.npy");
});

async function read(bytes: Uint8Array) {
  await writeFile(path, bytes);
  return readNpy(path);
}

/** A file with this header, version 1. */
function npy(header: string, elements = Buffer.alloc(0), version = 1): Buffer {
  const start = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0\0\0`, "latin1");
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header, "latin1"), elements]);
}

const plain = (descr: string, shape: string): string =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

describe("readNpy", () => {
  test.each(fixture.cases)("$name is NumPy's", async ({ file, shape, values }) => {
    const array = await read(Buffer.from(file, "base64"));
    expect(array.shape).toEqual(shape);
    const asNumber = (text: string): number => Number(text.replace("inf", "Infinity"));
    const isBig = array.data instanceof BigInt64Array || array.data instanceof BigUint64Array;
    expect([...array.data]).toEqual(isBig ? values.map(BigInt) : values.map(asNumber));
  });

  test("gzip, and headers with other spacing and quotes", async () => {
    const header = `{"shape":(2,),"fortran_order":False,"descr":"|u1"}`;
    expect(await read(gzipSync(npy(header, Buffer.of(7, 8))))).toEqual({
      shape: [2],
      data: Uint8Array.of(7, 8),
    });
    expect((await read(npy(plain("|u1", "(2L, 1L)"), Buffer.of(7, 8)))).shape).toEqual([2, 1]);
  });

  test.each([
    ["nothing", Buffer.alloc(0), 0, "the magic string"],
    ["another magic", Buffer.from("PK\x03\x04 and more"), 0, "the magic string"],
    ["no version", Buffer.from("\x93NUMPY", "latin1"), 6, "got nothing"],
    ["version 4", npy(plain("|u1", "()"), Buffer.of(1), 4), 6, "version 1, 2 or 3, got 4"],
    ["half a length", npy("").subarray(0, 9), 9, "truncated in its header"],
    ["half a header", npy(plain("|u1", "()")).subarray(0, 30), 30, "expected a header of"],
    ["no dictionary", npy("[1, 2]"), 10, "of a plain array"],
    ["a key too few", npy("{'descr': '|u1', 'shape': ()}"), 10, "of a plain array"],
    ["a key too many", npy(plain("|u1", "()").replace("}", "'x': ()}")), 10, "of a plain array"],
    ["no tuple", npy(plain("|u1", "(3)")), 10, "of a plain array"],
    ["a negative axis", npy(plain("|u1", "(-1,)")), 10, "of a plain array"],
    ["an expression", npy(plain("|u1", "(__import__('os'),)")), 10, "of a plain array"],
    ["fields", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}"), 10, "plain"],
    ["objects", npy(plain("|O", "(1,)")), 10, 'got "|O"'],
    ["complex numbers", npy(plain("<c8", "(1,)")), 10, 'got "<c8"'],
    ["texts", npy(plain("<U3", "(1,)")), 10, 'got "<U3"'],
    ["no byte order", npy(plain("|i4", "(1,)"), Buffer.alloc(4)), 10, "in a stated byte order"],
    ["too few bytes", npy(plain("<i4", "(2,)"), Buffer.alloc(7)), 74, "truncated: expected 75"],
    ["too many bytes", npy(plain("<i4", "(2,)"), Buffer.alloc(9)), 75, "trailing bytes"],
    ["a shape beyond all memory", npy(plain("<i4", `(${2 ** 52},${2 ** 52})`)), 98, "truncated"],
  ])("refuses %s", async (_, bytes, offset, message) => {
    const error = await read(bytes).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toContain(message);
    expect(error).toMatchObject({ file: path, offset });
  });

  test("any bytes, and any change of a good file: an array or a DataError", async () => {
    const good = Buffer.from(fixture.cases[0]!.file, "base64");
    const changed = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, value]) => {
      const bytes = Buffer.from(good);
      bytes[at] = value;
      return bytes;
    });
    const headers = fc
      .string({
        unit: fc.constantFrom(..."{}()'\",: 1L<fdescrshapTrue\\".split("")),
        maxLength: 60,
      })
      .map((text) => npy(text));
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, headers, fc.uint8Array()), async (bytes) => {
        const error = await read(bytes).then(
          () => undefined,
          (e: unknown) => e,
        );
        expect(error === undefined || error instanceof DataError).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

const arrays: NpyData[] = [
  Uint8Array.of(0, 255),
  Int8Array.of(-128, 127),
  Uint16Array.of(0, 65_535),
  Int16Array.of(-32_768, 1),
  Uint32Array.of(0, 2 ** 32 - 1),
  Int32Array.of(-(2 ** 31), 1),
  BigUint64Array.of(0n, 2n ** 64n - 1n),
  BigInt64Array.of(-(2n ** 63n), 1n),
  Float32Array.of(-0, Number.NaN),
  Float64Array.of(5e-324, Infinity),
];

describe("writeNpy", () => {
  test.each(arrays)("%o comes back as it was", async (data) => {
    await writeNpy(path, data, [1, 2]);
    expect(await readNpy(path)).toEqual({ shape: [1, 2], data });
    expect(await readdir(join(path, ".."))).toEqual(["x.npy"]);
  });

  test("writes what NumPy writes, byte by byte", async () => {
    const { file } = fixture.cases.find(({ name }) => name === "<f8, version 1")!;
    const expected = Buffer.from(file, "base64");
    const { data, shape } = await read(expected);
    await writeNpy(path, data, shape);
    expect(await readFile(path)).toEqual(expected);
  });

  test("any shape, also of a part of a buffer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 4 }), async (shape) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const data = Float64Array.from({ length: size + 1 }, (_, i) => i).subarray(1);
        await writeNpy(path, data, shape);
        expect(await readNpy(path)).toEqual({ shape, data: data.slice() });
      }),
    );
  });

  test("a header beyond version 1", async () => {
    const shape = new Array<number>(30_000).fill(1);
    await writeNpy(path, Uint8Array.of(3), shape);
    expect(await readNpy(path)).toEqual({ shape, data: Uint8Array.of(3) });
  });

  test.each([
    [Uint8Array.of(1), [2], "data"],
    [Uint8Array.of(1), [-1, -1], "data"],
    [[1], [1], "data"],
  ] as [NpyData, number[], string][])("refuses %o of shape %o", async (data, shape, argument) => {
    await expect(writeNpy(path, data, shape)).rejects.toThrow(`writeNpy: expected \`${argument}\``);
  });
});
