// Archives made byte by byte: no tool would write most of them.
import { crc32, deflateRawSync } from "node:zlib";

/** An entry of a tar archive as a test wants it, right or wrong. */
export interface TarPart {
  readonly name: string;
  readonly body?: string | Uint8Array;
  /** "0" file, "1" hard link, "2" symbolic link, "5" folder, … */
  readonly type?: string;
  readonly link?: string;
  /** What the header says, where it lies. */
  readonly size?: number;
}

const octal = (value: number, digits: number): string =>
  `${value.toString(8).padStart(digits, "0")}\0`;

function tarHeader({ name, type = "0", link = "" }: TarPart, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  header.fill(" ", 148, 156);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write("ustar\x0000", 257, "latin1");
  header.write(
    `${header
      .reduce((a, b) => a + b, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return header;
}

/** A tar archive; without its two last blocks it is truncated. */
export function tar(parts: readonly TarPart[]): Buffer {
  const blocks = parts.flatMap((part) => {
    const body = Buffer.from(part.body ?? "");
    const padding = Buffer.alloc(-body.length & 511);
    return [tarHeader(part, part.size ?? body.length), body, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** An entry of a zip archive as a test wants it, right or wrong. */
export interface ZipPart {
  readonly name: string;
  readonly body?: string | Uint8Array;
  /** What stands in its place in the archive. @defaultValue the body, deflated */
  readonly deflated?: Uint8Array;
  readonly size?: number;
  readonly crc?: number;
  /** The Unix type and permissions. */
  readonly mode?: number;
  readonly method?: number;
}

/** A zip archive. */
export function zip(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const body = Buffer.from(part.body ?? "");
    const data = part.deflated ?? deflateRawSync(body);
    const name = Buffer.from(part.name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x0800, 2);
    shared.writeUInt16LE(part.method ?? 8, 4);
    shared.writeUInt32LE(part.crc ?? crc32(body), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(part.size ?? body.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, name, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((part.mode ?? 0o100644) * 2 ** 16, 6);
    tail.writeUInt32LE(offset, 10);
    const made = Buffer.from([20, 3]);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), made, shared, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, entries, end]);
}
