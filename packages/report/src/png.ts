// https://www.w3.org/TR/png-3/: signature, header, one stream of filtered rows, end.
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** The colour type of PNG for a number of channels: grey, grey with alpha, colours, colours with alpha. */
const COLOUR_TYPES: Readonly<Record<number, number>> = { 1: 0, 2: 4, 3: 2, 4: 6 };

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/**
 * An image as a PNG file of 8 bits a channel.
 *
 * @param pixels - `[h, w, c]`, 0…255.
 * @param shape - c is 1 (grey), 2 (grey with alpha), 3 (red, green, blue) or 4 (with alpha).
 * @throws `RangeError` if the pixels do not fit the shape.
 */
export function encodePng(
  pixels: Uint8Array,
  [h, w, c]: readonly [number, number, number],
): Buffer {
  const colourType = COLOUR_TYPES[c];
  if (colourType === undefined || h < 1 || w < 1 || pixels.length !== h * w * c) {
    throw new RangeError(
      `encodePng: expected h·w·c pixels of 1 to 4 channels, got ${pixels.length} for [${[h, w, c]}]`,
    );
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(w, 0);
  header.writeUInt32BE(h, 4);
  header.set([8, colourType, 0, 0, 0], 8);
  // Each row starts with its filter: 0, none.
  const rows = Buffer.alloc(h * (w * c + 1));
  for (let y = 0; y < h; y++) {
    rows.set(pixels.subarray(y * w * c, (y + 1) * w * c), y * (w * c + 1) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}
