import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSafetensors, type TensorMap, writeSafetensors } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/python.safetensors", import.meta.url));

/** What fixtures/write-reference.py stores. */
const TENSORS: TensorMap = {
  weight: {
    shape: [2, 3],
    data: Float32Array.from([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], (x) => x / 3),
  },
  "running.variance": { shape: [3], data: Float64Array.of(1e-300, -0, 1 / 3) },
  step: { shape: [], data: BigInt64Array.of(2n ** 53n + 1n) },
  labels: { shape: [2], data: Int32Array.of(-(2 ** 31), 7) },
  mask: { dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) },
  bytes: { shape: [2, 1], data: Uint8Array.of(0, 255) },
  half: { dtype: "F16", shape: [2], data: Uint16Array.of(0x3e00, 0xc000) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};
const METADATA = { epoch: "3", größe: "„zwölf“" };

describe("against Python's safetensors", () => {
  test("its file is read exactly", async () => {
    const { tensors, metadata } = await readSafetensors(FIXTURE);
    expect(metadata).toEqual(METADATA);
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(TENSORS).sort());
    for (const [name, { shape, data }] of Object.entries(TENSORS)) {
      expect(tensors[name]!.shape, name).toEqual(shape);
      expect(tensors[name]!.data, name).toEqual(data);
    }
    expect(tensors.mask!.dtype).toBe("BOOL");
    expect(tensors.half!.dtype).toBe("F16");
  });

  test("ours holds the same and reads back", async () => {
    const path = join(await temporaryFolder(), "ours.safetensors");
    await writeSafetensors(path, TENSORS, METADATA);
    const [ours, theirs] = [await readSafetensors(path), await readSafetensors(FIXTURE)];
    expect(ours).toEqual(theirs);
  });
});

describe("writeSafetensors", () => {
  test("round trip of any names and shapes", async () => {
    const path = join(await temporaryFolder(), "any.safetensors");
    const name = fc.string({ unit: "grapheme" }).filter((text) => text !== "__metadata__");
    const tensor = fc
      .array(fc.double(), { maxLength: 8 })
      .chain((x) => fc.constantFrom(Float64Array.from(x), Float32Array.from(x)))
      .map((data) => ({ shape: [1, data.length], data }));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, tensor, { noNullPrototype: true }),
        fc.dictionary(name, fc.string(), { noNullPrototype: true }),
        async (tensors, metadata) => {
          await writeSafetensors(path, tensors, metadata);
          const read = await readSafetensors(path);
          expect(read.metadata).toEqual(metadata);
          expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(tensors).sort());
          for (const [key, { shape, data }] of Object.entries(tensors)) {
            expect(read.tensors[key]!.shape).toEqual(shape);
            expect(read.tensors[key]!.data).toEqual(data);
          }
        },
      ),
    );
  });

  test("the bytes do not depend on the order of the names", async () => {
    const folder = await temporaryFolder();
    await writeSafetensors(join(folder, "a"), TENSORS, METADATA);
    const reversed = Object.fromEntries(Object.entries(TENSORS).reverse());
    await writeSafetensors(join(folder, "b"), reversed, { größe: "„zwölf“", epoch: "3" });
    expect(await readFile(join(folder, "a"))).toEqual(await readFile(join(folder, "b")));
  });

  test("a view of a larger buffer stores only its own elements", async () => {
    const path = join(await temporaryFolder(), "view");
    await writeSafetensors(path, {
      x: { shape: [2], data: Float32Array.of(1, 2, 3, 4).subarray(1, 3) },
    });
    expect((await readSafetensors(path)).tensors.x!.data).toEqual(Float32Array.of(2, 3));
  });

  test("nothing temporary stays, also after a failure", async () => {
    const folder = await temporaryFolder();
    await writeSafetensors(join(folder, "x"), TENSORS);
    await expect(writeSafetensors(join(folder, "no", "x"), TENSORS)).rejects.toThrow("ENOENT");
    expect(await readdir(folder)).toEqual(["x"]);
  });

  test.each<[string, TensorMap, string]>([
    [
      "a wrong shape",
      { x: { shape: [3], data: new Float32Array(2) } },
      "expected 3 elements for shape [3], got 2",
    ],
    [
      "a fractional shape",
      { x: { shape: [0.5, 4], data: new Float32Array(2) } },
      "non-negative integers",
    ],
    ["a reserved name", { __metadata__: { shape: [0], data: new Float32Array(0) } }, "reserved"],
    [
      "another array",
      { x: { dtype: "F32", shape: [2], data: new Int32Array(2) } },
      "expected a Float32Array for F32",
    ],
    [
      "no typed array",
      { x: { shape: [2], data: [1, 2] as never } },
      "expected `data` to be a typed array",
    ],
  ])("refuses %s", async (_, tensors, message) => {
    await expect(writeSafetensors("x.safetensors", tensors)).rejects.toThrow(message);
    await expect(writeSafetensors("x.safetensors", tensors)).rejects.toMatchObject({
      name: "RunError",
      code: "ERR_BAD_VALUE",
      file: "x.safetensors",
    });
  });
});

describe("hostile files", () => {
  const encode = (header: unknown, data = 0, length?: bigint): Uint8Array => {
    const json = new TextEncoder().encode(
      typeof header === "string" ? header : JSON.stringify(header),
    );
    const bytes = new Uint8Array(8 + json.length + data);
    new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
    bytes.set(json, 8);
    return bytes;
  };
  const f32 = (begin: unknown, end: unknown, shape: unknown = [1], dtype: unknown = "F32") => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });

  test.each<[string, Uint8Array, string, number]>([
    ["an empty file", new Uint8Array(0), "expected 8 bytes of header length, got 0", 0],
    [
      "a header beyond the file",
      encode({}, 0, 3n),
      "expected a header of at most 2 bytes, got 3",
      0,
    ],
    ["a header of 2^63 bytes", encode({}, 0, 2n ** 63n), "got 9223372036854775808", 0],
    ["no JSON", encode("{]"), "the header is no JSON", 8],
    ["invalid UTF-8", Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), "the header is no JSON", 8],
    ["an array", encode([]), "expected the header to be a JSON object", 8],
    ["leading space", encode(" {}"), "expected the header to be a JSON object", 8],
    [
      "a name twice",
      encode(`{"x":${JSON.stringify(f32(0, 4))},"\\u0078":1}`, 4),
      'holds "x" twice',
      62,
    ],
    ["a key twice", encode(`{"x":{"dtype":"F32","dtype":"F64"}}`), 'holds "dtype" twice', 28],
    ["an unknown dtype", encode({ x: f32(0, 4, [1], "F31") }, 4), 'unknown dtype "F31"', 8],
    ["an inherited dtype", encode({ x: f32(0, 4, [1], "toString") }, 4), "unknown dtype", 8],
    ["a negative size", encode({ x: f32(0, 4, [-1]) }, 4), "a shape of non-negative integers", 8],
    [
      "a shape that overflows",
      encode({ x: f32(0, 4, [2 ** 52, 2 ** 52]) }, 4),
      "expected fewer than 2^53 bytes",
      8,
    ],
    ["a fractional offset", encode({ x: f32(0.5, 4.5) }, 8), "two non-negative integer offsets", 8],
    ["text offsets", encode({ x: f32("0", "4") }, 4), "two non-negative integer offsets", 8],
    ["a backward range", encode({ x: f32(4, 0) }, 4), "expected 4 bytes for F32 [1]", 8],
    ["a size that disagrees", encode({ x: f32(0, 8) }, 8), "got offsets [0,8]", 8],
    ["no object", encode({ x: null }), 'tensor "x": expected an object', 8],
    [
      "a shape that overflows and is empty",
      encode({ x: f32(0, 0, [2 ** 52, 2 ** 52, 0]) }),
      "2^53",
      8,
    ],
    [
      "a size of -0",
      encode(`{"x":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}`),
      "got [0]",
      8,
    ],
    [
      "half a character",
      encode(`{"\\ud800":${JSON.stringify(f32(0, 4))}}`, 4),
      "no valid Unicode",
      8,
    ],
    ["metadata that is no text", encode({ __metadata__: { a: 1 } }), "map strings to strings", 8],
  ])("%s is refused", async (_, bytes, message, offset) => {
    const path = join(await temporaryFolder(), "hostile.safetensors");
    await writeFile(path, bytes);
    const read = readSafetensors(path);
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toMatchObject({ code: "ERR_BAD_FILE", file: path, offset });
  });

  test.each<[string, Record<string, unknown>, number, string, number]>([
    ["an overlap", { x: f32(0, 4), y: f32(2, 6) }, 6, 'tensor "y" overlaps', 2],
    ["a gap", { x: f32(0, 4), y: f32(8, 12) }, 12, 'tensor "y" leaves a gap', 8],
    ["a gap at the start", { x: f32(4, 8) }, 8, 'tensor "x" leaves a gap', 4],
    ["trailing bytes", { x: f32(0, 4) }, 5, "has trailing bytes", 4],
    ["a cut file", { x: f32(0, 4) }, 3, "is cut off", 3],
  ])("%s is refused where it begins", async (_, header, data, message, offset) => {
    const path = join(await temporaryFolder(), "hostile.safetensors");
    const bytes = encode(header, data);
    await writeFile(path, bytes);
    const read = readSafetensors(path);
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toMatchObject({ offset: bytes.length - data + offset });
  });

  const nested = (depth: number, open: string, close: string): string =>
    `${open.repeat(depth)}1${close.repeat(depth)}`;
  test.each<[string, string]>([
    ["a dtype of 10^6 arrays", `{"x":{"dtype":${nested(1e6, "[", "]")}}}`],
    ["a dtype of 10^6 objects", `{"x":{"dtype":${nested(1e6, '{"a":', "}")}}}`],
    ["a shape of 10^6 arrays", `{"x":{"dtype":"F32","shape":${nested(1e6, "[", "]")}}}`],
    ["a shape of 10^6 sizes", `{"x":{"dtype":"F32","shape":[${"1,".repeat(1e6)}-1]}}`],
    ["a name of 10^7 letters", `{"${"x".repeat(1e7)}":1}`],
    ["metadata of 10^7 escapes", `{"__metadata__":{"a":"${"\\\\".repeat(1e7)}","b":1}}`],
  ])("%s is refused in a short message", async (_, header) => {
    const path = join(await temporaryFolder(), "large.safetensors");
    await writeFile(path, encode(header));
    const error = await readSafetensors(path).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "RunError", code: "ERR_BAD_FILE" });
    expect((error as Error).message.length).toBeLessThan(300);
  });

  test("any JSON as a header gives a file or a RunError, nothing else", async () => {
    const path = join(await temporaryFolder(), "any.safetensors");
    const entry = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom("F32", "U8", "BOOL"), fc.jsonValue()),
        shape: fc.oneof(fc.array(fc.nat(3)), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(fc.nat(8), fc.nat(8)), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const header = fc.dictionary(
      fc.oneof(fc.string({ unit: "binary" }), fc.constant("__metadata__")),
      fc.oneof(entry, fc.jsonValue()),
    );
    await fc.assert(
      fc.asyncProperty(header, fc.nat(16), async (value, data) => {
        await writeFile(path, encode(value, data));
        const outcome = await readSafetensors(path).catch((error: Error) => error.name);
        expect(typeof outcome === "object" || outcome === "RunError").toBe(true);
      }),
    );
  });

  test("a tensor named __proto__ is an ordinary one", async () => {
    const path = join(await temporaryFolder(), "proto");
    await writeFile(path, encode(`{"__proto__":${JSON.stringify(f32(0, 4))}}`, 4));
    expect(Object.keys((await readSafetensors(path)).tensors)).toEqual(["__proto__"]);
  });

  test("any change of a file of ours is seen: a bit, a cut, an end", async () => {
    const path = join(await temporaryFolder(), "ours.safetensors");
    await writeSafetensors(path, TENSORS, METADATA);
    const whole = await readFile(path);
    const read = (): Promise<unknown> => readSafetensors(path, { checksum: "required" });
    await read();
    const bad = { name: "RunError", code: "ERR_BAD_FILE", file: path };
    for (let at = 0; at < whole.length; at++) {
      const bytes = Uint8Array.from(whole);
      bytes[at]! ^= 1 << (at % 8);
      await writeFile(path, bytes);
      await expect(read(), `byte ${at}`).rejects.toMatchObject(bad);
      await writeFile(path, whole.subarray(0, at));
      await expect(read(), `cut at ${at}`).rejects.toMatchObject(bad);
    }
    await writeFile(path, Buffer.concat([whole, whole]));
    await expect(read()).rejects.toMatchObject(bad);
  });

  test("a damaged byte of a foreign file gives a file or a RunError, nothing else", async () => {
    const path = join(await temporaryFolder(), "damaged");
    const whole = await readFile(FIXTURE);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = byte;
        await writeFile(path, bytes);
        const outcome = await readSafetensors(path).catch((error: Error) => error.name);
        expect(typeof outcome === "object" || outcome === "RunError").toBe(true);
      }),
    );
  });
});
