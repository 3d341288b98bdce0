import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { checkDecoding, type DecodeOptions, decodeImage } from "../../src/images/decoder.ts";
import { imageDecoder } from "../../src/index.ts";
import fixture from "../fixtures/pillow.json" with { type: "json" };

const decode = (bytes: Uint8Array, options: DecodeOptions = {}) =>
  decodeImage(bytes, "image.png", checkDecoding("decodeImage", options));

/** A PNG of raw pixels. */
const png = (pixels: number[], width: number, channels: 1 | 2 | 3 | 4): Promise<Buffer> =>
  sharp(Uint8Array.from(pixels), {
    raw: { width, height: pixels.length / width / channels, channels },
  })
    .png()
    .toBuffer();

describe("decodeImage", () => {
  test.each(fixture.cases)("$name has Pillow's pixels", async ({ file, size, pixels }) => {
    const image = await decode(Buffer.from(file, "base64"));
    expect(image.size).toEqual(size);
    expect(Buffer.from(image.pixels)).toEqual(Buffer.from(pixels, "base64"));
  });

  test("grey becomes three equal channels", async () => {
    expect([...(await decode(await png([7, 200], 2, 1))).pixels]).toEqual([7, 7, 7, 200, 200, 200]);
  });

  test("transparency shows the background", async () => {
    const pixels = [255, 255, 255, 0, 10, 20, 30, 255];
    const shown = async (options: DecodeOptions) => [
      ...(await decode(await png(pixels, 2, 4), options)).pixels,
    ];
    expect(await shown({})).toEqual([0, 0, 0, 10, 20, 30]);
    expect(await shown({ background: [1, 2, 3] })).toEqual([1, 2, 3, 10, 20, 30]);
  });

  test("16 bits a channel become 8", async () => {
    const wide = await sharp(Uint16Array.of(0, 65_535, 257 * 9), {
      raw: { width: 1, height: 1, channels: 3 },
    })
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    expect([...(await decode(wide)).pixels]).toEqual([0, 255, 9]);
  });

  test("size covers the square and cuts both sides alike", async () => {
    const columns = [0, 50, 100, 150, 200, 250].flatMap((grey) => [grey]);
    const wide = await png([...columns, ...columns], 6, 1);
    const { pixels, size } = await decode(wide, { size: 2, kernel: "nearest" });
    expect(size).toEqual([2, 2]);
    expect([...pixels]).toEqual([100, 150, 100, 150].flatMap((grey) => [grey, grey, grey]));
    expect((await decode(wide, { size: [3, 5] })).size).toEqual([3, 5]);
  });

  test.each(["nearest", "linear", "cubic", "mitchell", "lanczos2", "lanczos3"] as const)(
    "%s leaves one colour as it is",
    async (kernel) => {
      const { pixels } = await decode(await png(new Array(48).fill(77), 4, 3), { size: 7, kernel });
      expect(new Set(pixels)).toEqual(new Set([77]));
    },
  );

  test.each([
    ["a text", Buffer.from("not an image")],
    ["nothing", Buffer.alloc(0)],
    [
      "a drawing that the decoder would render",
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
    ["a header alone", Buffer.from("\x89PNG\r\n\x1a\n", "latin1")],
    ["half a JPEG", Buffer.from(fixture.cases[0]!.file, "base64").subarray(0, 500)],
    ["half a PNG", Buffer.from(fixture.cases[4]!.file, "base64").subarray(0, 150)],
  ])("refuses %s", async (_, bytes) => {
    const error = await decode(bytes).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "BAD_DATA", file: "image.png" });
  });

  test.each([
    [{ size: 0 }, "size"],
    [{ size: [3, 1.5] }, "size"],
    [{ kernel: "cube" }, "kernel"],
    [{ background: [0, 0] }, "background"],
    [{ background: [0, 0, 256] }, "background"],
  ] as [object, string][])("refuses the options %o", (options, argument) => {
    expect(() => checkDecoding("decodeImage", options)).toThrow(`expected \`${argument}\``);
  });
});

test("imageDecoder names both libraries with their versions", async () => {
  expect(await imageDecoder()).toMatch(/^sharp \d+\.\d+\.\d+, libvips \d+\.\d+\.\d+$/);
});
