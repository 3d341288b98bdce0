import { createTarDecoder, type ParsedTarEntry } from "modern-tar";
import { ArchiveError } from "../error.ts";
import { ByteSource } from "./byte-source.ts";
import type { RawEntry } from "./entry.ts";

const BLOCK = 512;

function kindOf(type: ParsedTarEntry["header"]["type"]): RawEntry["kind"] {
  if (type === undefined || type === "file") return "file";
  if (type === "directory") return "folder";
  return type === "link" || type === "symlink" ? "link" : "other";
}

/** The decoder, given one piece at a time, so that it is known which block an entry came with. */
class Feeder {
  readonly #decoder: ReturnType<typeof createTarDecoder> = createTarDecoder({ strict: true });
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> = this.#decoder.writable.getWriter();
  readonly #reader: ReadableStreamDefaultReader<ParsedTarEntry> =
    this.#decoder.readable.getReader();
  #entry: ParsedTarEntry | undefined;
  #asked = false;

  /** The entry that this piece completed the header of, if it did. */
  async feed(bytes: Uint8Array): Promise<ParsedTarEntry | undefined> {
    if (!this.#asked) this.#ask();
    // An entry is handed on inside of `write`, before the promise of `write` is settled.
    await this.#writer.write(bytes);
    const entry = this.#entry;
    this.#entry = undefined;
    return entry;
  }

  /** Fails unless the archive was complete. */
  async end(): Promise<void> {
    await this.#writer.close();
  }

  #ask(): void {
    this.#asked = true;
    this.#reader.read().then(
      ({ value }) => {
        this.#entry = value;
        this.#asked = value === undefined;
      },
      // `write` fails for the same reason.
      () => {},
    );
  }
}

/**
 * The entries of a tar archive, one after the other.
 *
 * @throws {@link ArchiveError} on a broken header, a broken gzip stream, and where the archive ends too early.
 */
export async function* tarEntries(
  file: string,
  { gzip }: { readonly gzip: boolean },
): AsyncGenerator<RawEntry, void, undefined> {
  const source = new ByteSource(file, gzip);
  const feeder = new Feeder();
  let at = { entry: "", offset: 0 };

  async function* bodyOf(size: number): AsyncGenerator<Buffer, void, undefined> {
    for (let missing = size; missing > 0; ) {
      const piece = await source.some(missing);
      if (piece === undefined) {
        throw new ArchiveError(file, at, `truncated: ${missing} of ${size} bytes are missing`);
      }
      missing -= piece.length;
      await feeder.feed(piece);
      yield piece;
    }
    // The decoder waits for whole blocks.
    await feeder.feed(await source.exactly(-size & (BLOCK - 1)));
  }

  try {
    let start = 0;
    for (;;) {
      at = { entry: "", offset: source.position };
      const block = await source.exactly(BLOCK);
      if (block.length === 0) break;
      const found = await feeder.feed(block);
      if (found === undefined) continue;
      await found.body.cancel();
      const { name, size, type } = found.header;
      at = { entry: name, offset: start };
      const body = bodyOf(size);
      yield { name, kind: kindOf(type), size, offset: start, body: () => body };
      for await (const _ of body);
      start = source.position;
    }
    await feeder.end();
  } catch (cause) {
    const { code, message, syscall } = cause as NodeJS.ErrnoException;
    if (cause instanceof ArchiveError || syscall !== undefined) throw cause;
    const what = code === undefined ? "broken tar archive" : "broken gzip stream";
    throw new ArchiveError(file, at, `${what}: ${message}`, { cause });
  } finally {
    source.close();
  }
}
