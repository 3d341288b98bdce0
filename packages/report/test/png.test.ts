import { inflateSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { encodePng } from "../src/png.ts";

/** CRC-32 of RFC 1952, bit by bit: independent of the one in use. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Header and pixels of a PNG whose rows have no filter. */
function decode(png: Buffer) {
  expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crcOf(body));
    chunks.set(body.toString("latin1", 0, 4), body.subarray(4));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
  const header = chunks.get("IHDR")!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get("IDAT")!);
  const stride = rows.length / height;
  const pixels = Array.from({ length: height }, (_, y) => {
    expect(rows[y * stride]).toBe(0);
    return [...rows.subarray(y * stride + 1, (y + 1) * stride)];
  }).flat();
  return { width, height, depth: header[8], colourType: header[9], pixels };
}

test("every image comes back", () => {
  const images = fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
    )
    .chain(([h, w, c]) =>
      fc.record({
        shape: fc.constant([h, w, c] as const),
        pixels: fc.uint8Array({ minLength: h * w * c, maxLength: h * w * c }),
      }),
    );
  fc.assert(
    fc.property(images, ({ shape: [h, w, c], pixels }) => {
      const colourType = [0, 4, 2, 6][c - 1];
      expect(decode(encodePng(pixels, [h, w, c]))).toEqual({
        ...{ width: w, height: h, depth: 8, colourType, pixels: [...pixels] },
      });
    }),
  );
});

test.each([
  [5, [2, 2, 1]],
  [4, [2, 2, 5]],
  [0, [0, 2, 1]],
] as const)("%d pixels for [%s] are refused", (length, shape) => {
  expect(() => encodePng(new Uint8Array(length), shape)).toThrow(RangeError);
});
