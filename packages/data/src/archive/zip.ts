import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import yauzl from "yauzl";
import { ArchiveError } from "../error.ts";
import type { RawEntry } from "./entry.ts";

// The parts of yauzl 3 that its published types, of version 2, do not have.
interface ZipEntry {
  readonly fileNameRaw: Buffer;
  readonly generalPurposeBitFlag: number;
  readonly extraFields: readonly { readonly id: number; readonly data: Buffer }[];
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly compressionMethod: number;
  readonly crc32: number;
  readonly externalFileAttributes: number;
  readonly versionMadeBy: number;
  readonly relativeOffsetOfLocalHeader: number;
}
interface ZipFile {
  eachEntry(): AsyncIterable<ZipEntry>;
  openReadStreamPromise(entry: ZipEntry): Promise<Readable>;
  close(): void;
}
interface Yauzl {
  openPromise(path: string, options: object): Promise<ZipFile>;
  getFileNameLowLevel(
    flags: number,
    name: Buffer,
    extraFields: ZipEntry["extraFields"],
    strictFileNames: boolean,
  ): string;
}
const { openPromise, getFileNameLowLevel } = yauzl as unknown as Yauzl;

const UNIX = 3;
const TYPE_MASK = 0o170000;
const KINDS: ReadonlyMap<number, RawEntry["kind"]> = new Map([
  [0, "file"],
  [0o100000, "file"],
  [0o040000, "folder"],
  [0o120000, "link"],
]);

function kindOf(
  name: string,
  { versionMadeBy, externalFileAttributes }: ZipEntry,
): RawEntry["kind"] {
  if (name.endsWith("/")) return "folder";
  if (versionMadeBy >> 8 !== UNIX) return "file";
  return KINDS.get((externalFileAttributes >>> 16) & TYPE_MASK) ?? "other";
}

/**
 * The entries of a zip archive, in the order of its directory.
 *
 * @throws {@link ArchiveError} on whatever is broken, encrypted, or compressed by anything but deflate.
 */
export async function* zipEntries(file: string): AsyncGenerator<RawEntry, void, undefined> {
  let at = { entry: "", offset: 0 };
  let zip: ZipFile | undefined;

  async function* bodyOf(entry: ZipEntry): AsyncGenerator<Uint8Array, void, undefined> {
    let checksum = 0;
    for await (const chunk of await zip!.openReadStreamPromise(entry)) {
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
    if (checksum !== entry.crc32 >>> 0) throw new Error("the checksum of its bytes differs");
  }

  /** A fault of a body is thrown to who reads it. */
  async function* checkedBody(entry: ZipEntry): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* bodyOf(entry);
    } catch (cause) {
      throw broken(cause);
    }
  }

  const broken = (cause: unknown): unknown => {
    const { message, syscall } = cause as NodeJS.ErrnoException;
    if (cause instanceof ArchiveError || syscall !== undefined) return cause;
    return new ArchiveError(file, at, `broken zip archive: ${message}`, { cause });
  };

  try {
    // Names are decoded here, so that those that yauzl would refuse are refused with their entry.
    zip = await openPromise(file, { decodeStrings: false, autoClose: false });
    for await (const entry of zip.eachEntry()) {
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
      const { uncompressedSize: size, compressedSize, relativeOffsetOfLocalHeader: offset } = entry;
      at = { entry: name, offset };
      yield {
        name,
        kind: kindOf(name, entry),
        size,
        compressedSize,
        offset,
        body: () => checkedBody(entry),
      };
    }
  } catch (cause) {
    throw broken(cause);
  } finally {
    zip?.close();
  }
}
