import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { KnownDownload } from "../../src/known/known-dataset.ts";

/** What was asked for. */
export interface Asked {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine that answers its first requests by the first answers, and all later ones by the last. */
export async function serve(...answers: Answer[]): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { range, "if-range": ifRange } = request.headers;
    const answer = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push({ path: request.url!, range, ifRange: ifRange as string | undefined });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

interface FileAnswer {
  readonly etag?: string | undefined;
  /** How many bytes are sent before the connection is cut. */
  readonly cutAfter?: number;
  /** Where those bytes are waited for before it is. @defaultValue they are not */
  readonly savedTo?: string;
  /** @defaultValue true */
  readonly ranges?: boolean;
  /** @defaultValue true */
  readonly length?: boolean;
}

async function hasSize(path: string, bytes: number): Promise<void> {
  const size = () =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    );
  while ((await size()) < bytes) await new Promise(setImmediate);
}

/** Sends a file as servers do: in part where its version is the one that is asked for. */
export function file(
  bytes: Buffer,
  { etag = '"1"', cutAfter = Infinity, savedTo, ranges = true, length = true }: FileAnswer = {},
): Answer {
  return ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    const same = headers["if-range"] === undefined || headers["if-range"] === etag;
    const partial = ranges && same && start > 0;
    if (partial && start >= bytes.length) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      return;
    }
    const body = partial ? bytes.subarray(start) : bytes;
    response.writeHead(partial ? 206 : 200, {
      ...(etag === "" ? {} : { etag }),
      ...(length ? { "content-length": body.length } : {}),
      ...(partial ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (body.length <= cutAfter) response.end(body);
    else {
      const saved =
        savedTo === undefined ? undefined : hasSize(savedTo, (partial ? start : 0) + cutAfter);
      response.write(body.subarray(0, cutAfter), async () => {
        await saved;
        response.destroy();
      });
    }
  };
}

/** Answers with a status alone. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end();

/** What is known of a file with this content. */
export function knownOf(name: string, content: Buffer, gzip = false): KnownDownload {
  const value = createHash("sha256").update(content).digest("hex");
  return { name, bytes: content.length, digest: { algorithm: "sha256", value }, gzip };
}
