import { rename } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { isOfficial } from "../known/is-official.ts";
import type { KnownDownload } from "../known/known-dataset.ts";
import { DownloadError } from "./download-error.ts";
import { PartFile } from "./part-file.ts";
import { TransientError, transfer } from "./transfer.ts";

/** How far a download is. */
export interface DownloadProgress {
  /** The file's name. */
  readonly file: string;
  /** Bytes that are there, those of earlier attempts too. */
  readonly received: number;
  /** Where it is known. */
  readonly total: number | undefined;
}

/** How files are downloaded. */
export interface DownloadOptions {
  /** In place of the global one, for a proxy. */
  readonly fetch?: typeof globalThis.fetch;
  /** Ends the download; what is there is kept, and gone on with another time. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** How often a request that failed is tried again. @defaultValue 4 */
  readonly retries?: number;
  /** Milliseconds before the first of them; doubled each time. @defaultValue 1000 */
  readonly retryDelay?: number;
}

/** However long a server asks to wait, this is the most. */
const LONGEST_WAIT = 60_000;

/** Fetches all that is missing, with as many requests as it takes. */
async function fetchAll(
  at: { readonly url: string; readonly file: string; readonly part: PartFile },
  known: KnownDownload,
  options: DownloadOptions,
): Promise<{ readonly resumed: boolean }> {
  const { fetch = globalThis.fetch, signal, onProgress, retries = 4, retryDelay = 1000 } = options;
  const bytes = known.gzip ? undefined : known.bytes;
  const onBytes = (received: number, total: number | undefined): void =>
    onProgress?.({ file: known.name, received, total });
  for (let attempt = 0; ; attempt++) {
    try {
      return await transfer({ ...at, bytes, fetch, signal, onBytes });
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      if (attempt >= retries) {
        const problem = `${error.message}, at the last of ${attempt + 1} attempts`;
        throw new DownloadError("NETWORK", at, problem, { cause: error });
      }
      const wait = Math.min(LONGEST_WAIT, error.wait ?? retryDelay * 2 ** attempt);
      await setTimeout(wait, undefined, signal ? { signal } : {});
    }
  }
}

/**
 * Downloads a file whose content is known; where it was begun before, it is gone on with.
 *
 * The file appears once it is whole and its checksum is right; until then its bytes are in `file.part`.
 *
 * @throws {@link DownloadError}.
 */
export async function downloadFile(
  url: string,
  file: string,
  known: KnownDownload,
  options: DownloadOptions,
): Promise<void> {
  const part = new PartFile(file, url);
  for (let again = true; ; again = false) {
    options.signal?.throwIfAborted();
    const { resumed } = await fetchAll({ url, file, part }, known, options);
    if (await isOfficial(part.path, known, { uncompress: known.gzip })) break;
    await part.remove();
    // Perhaps only what was there before was wrong.
    if (resumed && again) continue;
    const { algorithm, value } = known.digest;
    throw new DownloadError("CHECKSUM", { url, file }, `expected the ${algorithm} ${value}`);
  }
  await rename(part.path, file);
  await part.remove();
}
