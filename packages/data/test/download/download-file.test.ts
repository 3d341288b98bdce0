import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import {
  type DownloadOptions,
  type DownloadProgress,
  downloadFile,
} from "../../src/download/download-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Answer, file, knownOf, serve, status } from "./server.ts";

const CONTENT = Buffer.from(
  Uint32Array.from({ length: 50_000 }, (_, i) => (i * 2654435761) >>> 0).buffer,
);
const KNOWN = knownOf("x.bin", CONTENT);
const FAST = { retryDelay: 1 };

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, "x.bin");
});

const download = (url: string, options: DownloadOptions = FAST, known = KNOWN): Promise<void> =>
  downloadFile(`${url}/x.bin`, path, known, options);

/** The file is there, and nothing beside it. */
async function expectWhole(content = CONTENT): Promise<void> {
  expect(await readdir(folder)).toEqual(["x.bin"]);
  expect((await readFile(path)).equals(content)).toBe(true);
}

describe("downloadFile", () => {
  test("in one request, with its progress", async () => {
    const { url, asked } = await serve(file(CONTENT));
    const seen: DownloadProgress[] = [];
    await download(url, { onProgress: (progress) => void seen.push(progress) });
    await expectWhole();
    expect(asked).toEqual([{ path: "/x.bin", range: undefined, ifRange: undefined }]);
    expect(seen.at(-1)).toEqual({ file: "x.bin", received: 200_000, total: 200_000 });
    expect(seen.map(({ received }) => received)).toEqual(
      seen.map(({ received }) => received).sort((a, b) => a - b),
    );
  });

  test("cut off in the middle, twice: gone on with where it stopped", async () => {
    const { url, asked } = await serve(
      file(CONTENT, { cutAfter: 70_000, savedTo: `${path}.part` }),
      file(CONTENT, { cutAfter: 50_000, savedTo: `${path}.part` }),
      file(CONTENT),
    );
    await download(url);
    await expectWhole();
    expect(asked.map(({ range }) => range)).toEqual([undefined, "bytes=70000-", "bytes=120000-"]);
    expect(asked[2]!.ifRange).toBe('"1"');
  });

  test("ended by its signal, and gone on with by another call", async () => {
    const { url, asked } = await serve(
      file(CONTENT, { cutAfter: 70_000, savedTo: `${path}.part` }),
      file(CONTENT),
    );
    const stop = new AbortController();
    const onProgress = ({ received }: DownloadProgress): void => {
      if (received === 70_000) stop.abort();
    };
    const outcome = await download(url, { signal: stop.signal, onProgress }).catch(
      (e: unknown) => e,
    );
    expect(outcome).toMatchObject({ name: "AbortError" });
    expect(await readdir(folder)).toEqual(["x.bin.part", "x.bin.part.json"]);
    await download(url);
    await expectWhole();
    expect(asked.at(-1)!.range).toBe("bytes=70000-");
  });

  test("changed between: begun anew, not put together from two files", async () => {
    const other = Buffer.from(CONTENT).reverse();
    const { url, asked } = await serve(
      file(other, { etag: '"old"', cutAfter: 70_000, savedTo: `${path}.part` }),
      file(CONTENT, { etag: '"new"' }),
    );
    await download(url);
    await expectWhole();
    expect(asked[1]!.ifRange).toBe('"old"');
  });

  test("changed between, and the server does not look at If-Range: found by the checksum, begun anew", async () => {
    const other = Buffer.from(CONTENT).reverse();
    const careless: Answer = (request, response) => {
      delete request.headers["if-range"];
      file(CONTENT)(request, response);
    };
    const { url, asked } = await serve(
      file(other, { cutAfter: 70_000, savedTo: `${path}.part` }),
      careless,
    );
    await download(url);
    await expectWhole();
    expect(asked.map(({ range }) => range === undefined)).toEqual([true, false, true]);
  });

  test.each([
    ["that knows no ranges", { ranges: false }],
    ["without validators", { etag: "" }],
    ["with a weak ETag", { etag: 'W/"1"' }],
    ["that does not say how long it is", { length: false }],
  ])("from a server %s", async (_, options) => {
    const { url } = await serve(
      file(CONTENT, { ...options, cutAfter: 70_000 }),
      file(CONTENT, options),
    );
    await download(url);
    await expectWhole();
  });

  test("whole already, only not renamed: nothing is asked for", async () => {
    const { url, asked } = await serve(file(CONTENT));
    await writeFile(`${path}.part`, CONTENT);
    await writeFile(`${path}.part.json`, JSON.stringify({ url: `${url}/x.bin`, validator: '"1"' }));
    await download(url);
    await expectWhole();
    expect(asked).toEqual([]);
  });

  test.each([
    ["of another address", { url: "http://127.0.0.1/other", validator: '"1"' }],
    ["of another kind", [1]],
    ["null", null],
  ])("notes %s are not gone by", async (_, notes) => {
    const { url, asked } = await serve(file(CONTENT));
    await writeFile(`${path}.part`, "something else");
    await writeFile(`${path}.part.json`, JSON.stringify(notes));
    await download(url);
    await expectWhole();
    expect(asked[0]!.range).toBeUndefined();
  });

  test("more there than the server has: begun anew", async () => {
    const { url } = await serve(file(CONTENT));
    await writeFile(`${path}.part`, Buffer.alloc(300_000));
    await writeFile(`${path}.part.json`, JSON.stringify({ url: `${url}/x.bin`, validator: '"1"' }));
    await download(url);
    await expectWhole();
  });

  test("a redirect is followed, busy servers are asked again", async () => {
    const { url, asked } = await serve(
      status(503, { "retry-after": "0" }),
      status(429),
      status(302, { location: "/elsewhere" }),
      file(CONTENT),
    );
    await download(url);
    await expectWhole();
    expect(asked.map(({ path }) => path)).toEqual(["/x.bin", "/x.bin", "/x.bin", "/elsewhere"]);
  });
});

describe("compressed files are checked by their content", () => {
  const known = knownOf("x.bin", CONTENT, true);

  test.each([1, 9])("at level %i", async (level) => {
    const sent = gzipSync(CONTENT, { level });
    const { url } = await serve(file(sent, { cutAfter: 1000 }), file(sent));
    await download(url, FAST, known);
    await expectWhole(sent);
  });

  test("whole already, of unknown length: the server says that nothing is missing", async () => {
    const sent = gzipSync(CONTENT);
    const { url, asked } = await serve(file(sent));
    await writeFile(`${path}.part`, sent);
    await writeFile(`${path}.part.json`, JSON.stringify({ url: `${url}/x.bin`, validator: '"1"' }));
    await download(url, FAST, known);
    await expectWhole(sent);
    expect(asked).toHaveLength(1);
  });

  test("one that is broken, longer, or compresses something else, is refused", async () => {
    const longer = gzipSync(Buffer.concat([CONTENT, CONTENT]));
    for (const sent of [gzipSync(CONTENT).subarray(0, 999), longer, gzipSync("other")]) {
      const { url } = await serve(file(sent));
      await expect(download(url, FAST, known)).rejects.toMatchObject({ code: "CHECKSUM" });
      expect(await readdir(folder)).toEqual([]);
    }
  });
});

describe("fails with a code, and no file", () => {
  test.each([
    ["not found", [status(404)], { code: "HTTP", status: 404 }, 1],
    ["forbidden", [status(403)], { code: "HTTP", status: 403 }, 1],
    ["always busy", [status(503)], { code: "NETWORK" }, 3],
    ["always cut off", [file(CONTENT, { cutAfter: 0 })], { code: "NETWORK" }, 3],
    ["corrupted", [file(Buffer.from(CONTENT).fill(0, 7, 9))], { code: "CHECKSUM" }, 1],
    ["shorter", [file(CONTENT.subarray(1))], { code: "WRONG_SIZE" }, 1],
    ["longer", [file(Buffer.concat([CONTENT, CONTENT]))], { code: "WRONG_SIZE" }, 1],
    [
      "longer, and it does not say so",
      [file(Buffer.concat([CONTENT, CONTENT]), { length: false })],
      { code: "WRONG_SIZE" },
      1,
    ],
  ] as [string, Answer[], object, number][])("%s", async (_, answers, expected, requests) => {
    const { url, asked } = await serve(...answers);
    const error = await download(url, { ...FAST, retries: 2 }).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "DownloadError", url: `${url}/x.bin`, file: path });
    expect(error).toMatchObject(expected);
    expect(asked).toHaveLength(requests);
    expect(await readdir(folder)).not.toContain("x.bin");
  });

  test("a wrong size is refused before the body comes", async () => {
    const endless: Answer = (_, response) => {
      response.writeHead(200, { "content-length": 10 ** 12 });
      response.write("x");
    };
    const { url } = await serve(endless);
    await expect(download(url)).rejects.toMatchObject({ code: "WRONG_SIZE" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("nobody there", async () => {
    const error = await download("http://127.0.0.1:1", { retries: 1, retryDelay: 1 }).catch(
      (e) => e,
    );
    expect(error).toMatchObject({ code: "NETWORK" });
    expect(error.message).toContain("at the last of 2 attempts");
  });

  test("a fetch of one's own is used", async () => {
    const fetch = (): Promise<Response> => Promise.resolve(new Response(CONTENT));
    await download("http://nowhere.invalid", { fetch });
    await expectWhole();
  });
});
