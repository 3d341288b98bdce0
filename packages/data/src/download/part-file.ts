import { readFile, rm, stat, writeFile } from "node:fs/promises";

/** What is there of a file, and how the server is told which version of it that is. */
export interface Part {
  readonly bytes: number;
  /** For the header If-Range. */
  readonly validator: string;
}

/** The beginning of a download beside the place where it will go, kept so that it can be gone on with. */
export class PartFile {
  /** Where the bytes are. */
  readonly path: string;
  readonly #notes: string;
  readonly #url: string;

  constructor(file: string, url: string) {
    this.path = `${file}.part`;
    this.#notes = `${this.path}.json`;
    this.#url = url;
  }

  /** What can be gone on with, if anything. */
  async read(): Promise<Part | undefined> {
    try {
      const [{ size }, notes] = await Promise.all([
        stat(this.path),
        readFile(this.#notes, "utf8").then(JSON.parse),
      ]);
      const isRight = notes?.url === this.#url && typeof notes.validator === "string" && size > 0;
      return isRight ? { bytes: size, validator: notes.validator } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Notes the version that is coming; without a validator nothing can be gone on with later. */
  async begin(validator: string | undefined): Promise<void> {
    await rm(this.path, { force: true });
    if (validator === undefined) await rm(this.#notes, { force: true });
    else await writeFile(this.#notes, JSON.stringify({ url: this.#url, validator }));
  }

  /** Removes everything but what was renamed away. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    await rm(this.#notes, { force: true });
  }
}
