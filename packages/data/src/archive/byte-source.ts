import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** The bytes of a file, uncompressed where wanted, in pieces of the length that is asked for. */
export class ByteSource {
  /** How many bytes were taken. */
  position = 0;
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string, gzip: boolean) {
    const bytes = createReadStream(file, { highWaterMark: 2 ** 18 });
    // What goes wrong reaches the reader of the last stream.
    this.#stream = gzip ? pipeline(bytes, createGunzip({ chunkSize: 2 ** 18 }), () => {}) : bytes;
    this.#chunks = this.#stream[Symbol.asyncIterator]();
  }

  /** What is there of the next `length` bytes, at least one; undefined at the end. */
  async some(length: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return undefined;
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(piece.length);
    this.position += piece.length;
    return piece;
  }

  /** The next `length` bytes, fewer at the end. */
  async exactly(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let missing = length; missing > 0; missing -= pieces.at(-1)!.length) {
      const piece = await this.some(missing);
      if (piece === undefined) break;
      pieces.push(piece);
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  close(): void {
    this.#stream.destroy();
  }
}
