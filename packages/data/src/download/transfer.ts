// One request: what is missing of a file, from where the last one ended.
import { open } from "node:fs/promises";
import { DownloadError } from "./download-error.ts";
import type { PartFile } from "./part-file.ts";

/** What a request needs to know. */
export interface Transfer {
  readonly url: string;
  /** Where the file will go, for messages. */
  readonly file: string;
  readonly part: PartFile;
  /** Of what is sent, where it is known. */
  readonly bytes: number | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (received: number, total: number | undefined) => void;
}

/** A failure that another request may not meet. */
export class TransientError extends Error {
  override readonly name = "TransientError";
  /** How long the server asks to wait, in milliseconds. */
  readonly wait: number | undefined;

  constructor(
    message: string,
    options: ErrorOptions & { readonly wait?: number | undefined } = {},
  ) {
    super(message, options);
    this.wait = options.wait;
  }
}

const RETRIED: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A weak ETag does not promise equal bytes. */
function validatorOf({ headers }: Response): string | undefined {
  const etag = headers.get("etag");
  if (etag !== null && !etag.startsWith("W/")) return etag;
  return headers.get("last-modified") ?? undefined;
}

/** `bytes 5-9/10` → 5 and 10. */
function rangeOf({ headers }: Response): { start: number | undefined; total: number | undefined } {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  const number = (text: string | undefined): number | undefined =>
    text === undefined || text === "*" ? undefined : Number(text);
  return { start: number(match?.[1]), total: number(match?.[2]) };
}

function failure(transfer: Transfer, { status, headers }: Response): Error {
  if (RETRIED.has(status)) {
    const seconds = Number(headers.get("retry-after") ?? Number.NaN);
    const wait = Number.isFinite(seconds) ? seconds * 1000 : undefined;
    return new TransientError(`the server answered ${status}`, { wait });
  }
  return new DownloadError("HTTP", { ...transfer, status }, `the server answered ${status}`);
}

function wrongSize(transfer: Transfer, got: string): DownloadError {
  return new DownloadError("WRONG_SIZE", transfer, `expected ${transfer.bytes} bytes, got ${got}`);
}

async function request(
  { url, fetch, signal }: Transfer,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return await fetch(url, { headers, ...(signal ? { signal } : {}) });
  } catch (cause) {
    signal?.throwIfAborted();
    const { message, cause: reason } = cause as Error;
    throw new TransientError(reason instanceof Error ? reason.message : message, { cause });
  }
}

/** The body of an answer; a connection that breaks is a transient failure. */
async function* chunksOf(
  { body }: Response,
  { signal }: Transfer,
): AsyncGenerator<Uint8Array, void, undefined> {
  // An empty answer has no body.
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw new TransientError("the connection was cut", { cause });
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function save(transfer: Transfer, response: Response, offset: number): Promise<void> {
  const { part, bytes, onBytes } = transfer;
  const length = response.headers.get("content-length");
  const total = bytes ?? rangeOf(response).total ?? (length === null ? undefined : Number(length));
  const file = await open(part.path, offset > 0 ? "r+" : "w");
  let received = offset;
  try {
    for await (const chunk of chunksOf(response, transfer)) {
      if (bytes !== undefined && received + chunk.length > bytes) throw wrongSize(transfer, "more");
      // One after the other, so that a connection that is cut costs nothing that had come.
      await file.write(chunk, 0, chunk.length, received);
      received += chunk.length;
      onBytes(received, total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (total !== undefined && received < total) {
    throw new TransientError(`cut off after ${received} of ${total} bytes`);
  }
}

/**
 * Asks for what is missing of a file and appends it; says whether something was there before.
 *
 * @throws {@link TransientError} where another request may do better; {@link DownloadError} where none will.
 */
export async function transfer(of: Transfer): Promise<{ readonly resumed: boolean }> {
  const { part, bytes } = of;
  const before = await part.read();
  if (before !== undefined && before.bytes === bytes) return { resumed: true };
  const range = before && { range: `bytes=${before.bytes}-`, "if-range": before.validator };
  // Compressed on the way, lengths and ranges would be those of something else.
  const response = await request(of, { "accept-encoding": "identity", ...range });
  const { start, total } = rangeOf(response);
  if (response.status === 416 && before !== undefined) {
    await response.body?.cancel();
    if (total === before.bytes) return { resumed: true };
    await part.remove();
    throw new TransientError("the server has another file than the one that was begun");
  }
  if (response.status !== 200 && response.status !== 206) {
    await response.body?.cancel();
    throw failure(of, response);
  }
  if (response.status === 206 && start !== before?.bytes) {
    await response.body?.cancel();
    await part.remove();
    throw new TransientError("the server sent another part than the one that is missing");
  }
  const resumed = response.status === 206;
  const length = response.headers.get("content-length");
  const whole = resumed ? total : length === null ? undefined : Number(length);
  if (bytes !== undefined && whole !== undefined && whole !== bytes) {
    await response.body?.cancel();
    throw wrongSize(of, String(whole));
  }
  if (!resumed) await part.begin(validatorOf(response));
  await save(of, response, resumed ? before!.bytes : 0);
  return { resumed };
}
