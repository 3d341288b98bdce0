import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { packTar } from "modern-tar";
import { beforeEach, describe, expect, test } from "vitest";
import { ArchiveError, DataError, type UnpackOptions, unpackArchive } from "../../src/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { tar, zip } from "./hostile.ts";

let folder: string;
let archive: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  archive = join(folder, "archive");
});

const target = (): string => join(folder, "out");

/** Unpacks these bytes. */
async function unpack(bytes: Uint8Array, options?: UnpackOptions): Promise<string[]> {
  await writeFile(archive, bytes);
  return unpackArchive(archive, target(), options);
}

/** How these bytes are refused; nothing is left of them. */
async function refusal(bytes: Uint8Array, options?: UnpackOptions): Promise<Error> {
  const error: unknown = await unpack(bytes, options).then(
    (files) => expect.fail(`was unpacked: ${files}`),
    (e) => e,
  );
  expect(await readdir(folder)).toEqual(["archive"]);
  return error as Error;
}

const tree = { "a/1.txt": "one", "a/b/2.bin": Buffer.alloc(1500, 7), empty: "" };
const parts = Object.entries(tree).map(([name, body]) => ({ name, body }));
const kinds: [string, () => Buffer][] = [
  ["tar", () => tar(parts)],
  ["tar.gz", () => gzipSync(tar(parts))],
  ["zip", () => zip(parts)],
];

describe("unpackArchive", () => {
  test.each(kinds)("unpacks a %s", async (_, made) => {
    expect(await unpack(made())).toEqual(Object.keys(tree));
    for (const [path, body] of Object.entries(tree)) {
      expect(await readFile(join(target(), path))).toEqual(Buffer.from(body));
    }
    expect(await readdir(folder)).toEqual(["archive", "out"]);
  });

  test("keeps empty folders, takes './' and folders after their files", async () => {
    const names = [
      { name: "./", type: "5" },
      { name: "./x/1", body: "1" },
      { name: "x/", type: "5" },
      { name: "y/", type: "5" },
    ];
    expect(await unpack(tar(names))).toEqual(["x/1"]);
    expect((await readdir(target())).sort()).toEqual(["x", "y"]);
  });

  test("long names, which tar spreads over headers of their own", async () => {
    const name = `${"long-".repeat(40)}/${"name".repeat(40)}`;
    const header = { name, size: 3, type: "file" as const };
    expect(await unpack(await packTar([{ header, body: "abc" }]))).toEqual([name]);
    expect(await readFile(join(target(), name), "utf8")).toBe("abc");
  });

  test.each(["ustar", "gnu", "pax"])("what tar writes as %s", async (format) => {
    const from = join(folder, "from", "in");
    await mkdir(from, { recursive: true });
    const name = "ä".repeat(format === "ustar" ? 40 : 70);
    await writeFile(join(from, name), "text");
    const run = promisify(execFile);
    await run("tar", ["-C", join(folder, "from"), `--format=${format}`, "-czf", archive, "in"]);
    expect(await unpackArchive(archive, target())).toEqual([`in/${name}`]);
    expect(await readFile(join(target(), "in", name), "utf8")).toBe("text");
  });

  test("into an empty folder, but into no other", async () => {
    await mkdir(target());
    await unpack(tar(parts));
    await expect(unpackArchive(archive, target())).rejects.toThrow(
      "to be absent or empty, got 2 files",
    );
    expect(await readdir(folder)).toEqual(["archive", "out"]);
  });

  test("is ended by its signal, with nothing left", async () => {
    const error = await refusal(tar(parts), { signal: AbortSignal.abort() });
    expect(error.name).toBe("AbortError");
  });
});

describe("refuses with the entry", () => {
  const names: [string, string][] = [
    ["../up", "got '..'"],
    ["a/../../up", "got '..'"],
    ["..", "got '..'"],
    ["/etc/passwd", "got an absolute one"],
    ["C:/windows", "a drive letter"],
    ["c:evil", "a drive letter"],
    ["a\\..\\up", "without backslash"],
  ];
  test.each(names)("%s in a tar", async (name, message) => {
    const error = await refusal(
      tar([
        { name: "good", body: "x" },
        { name, body: "x" },
      ]),
    );
    expect(error).toBeInstanceOf(ArchiveError);
    expect(error).toMatchObject({ code: "BAD_DATA", file: archive, entry: name, offset: 1024 });
    expect(error.message).toContain(message);
  });

  test.each([...names, ["a\0b", "without NUL"]])("%s in a zip", async (name, message) => {
    const error = await refusal(
      zip([
        { name: "good", body: "x" },
        { name, body: "x" },
      ]),
    );
    expect(error).toMatchObject({ code: "BAD_DATA", file: archive, entry: name, offset: 37 });
    expect(error.message).toContain(message);
  });

  test("a NUL that only PAX can carry", async () => {
    const record = "path=a\0b\n";
    const pax = `${record.length + 3} ${record}`;
    const bytes = tar([
      { name: "x", type: "x", body: pax },
      { name: "plain", body: "x" },
    ]);
    expect((await refusal(bytes)).message).toContain("without NUL");
  });

  test.each([
    ["1", "../outside", "a link"],
    ["2", "/etc/passwd", "a link"],
    ["2", "inside", "a link"],
    ["3", "", "a device or a pipe"],
    ["6", "", "a device or a pipe"],
  ])("type %s to %o in a tar", async (type, link, message) => {
    const error = await refusal(tar([{ name: "good" }, { name: "bad", type, link }]));
    expect(error).toMatchObject({ entry: "bad", offset: 512 });
    expect(error.message).toContain(`got ${message}`);
  });

  test.each([
    [0o120777, "a link"],
    [0o010644, "a device or a pipe"],
  ])("mode %o in a zip", async (mode, message) => {
    const error = await refusal(zip([{ name: "bad", body: "/etc/passwd", mode }]));
    expect(error).toMatchObject({ entry: "bad", offset: 0 });
    expect(error.message).toContain(`got ${message}`);
  });

  test.each([
    [["a", "a"], "every name once"],
    [["a", "./a"], "every name once"],
    [["a", "a/b"], "a folder around it, got the file a"],
    [["a/b", "a"], "got a folder of that name before"],
    [["a", "a/"], "every name once"],
  ])("%j in both kinds", async (both, message) => {
    const two = both.map((name) => ({ name, type: name.endsWith("/") ? "5" : "0" }));
    for (const bytes of [tar(two), zip(two)]) {
      const error = await refusal(bytes);
      expect(error).toMatchObject({ entry: both[1] });
      expect(error.message).toContain(message);
    }
  });

  const zeros = (bytes: number) => [{ name: "zeros", body: Buffer.alloc(bytes) }];
  test.each([
    ["entries", { entries: 2 }, parts, "at most 2 entries"],
    ["bytes of one", { entryBytes: 1000 }, parts, "at most 1000 bytes, got 1500"],
    ["bytes in all", { totalBytes: 1502 }, parts, "at most 1502 bytes in all"],
    ["a ratio", {}, zeros(3 * 2 ** 20), "at most 200 bytes for each compressed one"],
  ])("too much: %s", async (_, limits, of, message) => {
    for (const bytes of [gzipSync(tar(of)), zip(of)]) {
      const error = await refusal(bytes, { limits });
      expect(error).toBeInstanceOf(ArchiveError);
      expect(error.message).toContain(message);
    }
  });

  test("small files of zeros are no bomb", async () => {
    expect(await unpack(zip(zeros(2 ** 20)))).toEqual(["zeros"]);
  });

  test("a size that the zip directory understates", async () => {
    const error = await refusal(zip([{ name: "a", body: "x".repeat(100), size: 10 }]));
    expect(error).toMatchObject({ entry: "a", code: "BAD_DATA" });
  });

  test.each([
    ["a checksum", { crc: 1 }, "the checksum of its bytes differs"],
    ["a stream", { deflated: Buffer.from([255, 255, 255]) }, "broken zip archive"],
    ["a method", { method: 99 }, "unsupported compression method: 99"],
  ])("%s that is wrong in a zip", async (_, change, message) => {
    const error = await refusal(zip([{ name: "good" }, { name: "bad", body: "text", ...change }]));
    expect(error).toMatchObject({ entry: "bad", file: archive });
    expect(error.message).toContain(message);
  });

  test("a header that was changed in a tar, with its byte", async () => {
    const bytes = tar(parts);
    bytes[1024 + 3]! ^= 1;
    expect(await refusal(bytes)).toMatchObject({ code: "BAD_DATA", offset: 1024 });
  });
});

describe("refuses what is truncated", () => {
  test.each(kinds)("a %s cut off anywhere", async (_, made) => {
    const bytes = made();
    for (const share of [0.05, 0.3, 0.5, 0.7, 0.9, 0.99]) {
      const error = await refusal(bytes.subarray(0, Math.floor(share * bytes.length)));
      expect(error).toBeInstanceOf(DataError);
    }
  });

  test("a body, with how much is missing", async () => {
    const error = await refusal(tar(parts).subarray(0, 2000));
    expect(error).toMatchObject({ entry: "a/b/2.bin", offset: 1024 });
    expect(error.message).toContain("truncated: 1036 of 1500 bytes are missing");
  });

  test("something else altogether", async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from("text"), Buffer.alloc(2000, 65)]) {
      expect((await refusal(bytes)).message).toContain("expected a .tar, .tar.gz or .zip archive");
    }
  });
});

test("a missing archive is the file system's error", async () => {
  await expect(unpackArchive(archive, target())).rejects.toMatchObject({ code: "ENOENT" });
});

test("the limits are numbers", async () => {
  const limits = { entries: Number.NaN };
  await expect(unpack(tar(parts), { limits })).rejects.toThrow("expected `limits.entries`");
});

test.each(kinds)(
  "a %s with bytes changed is unpacked or refused with a DataError",
  async (_, made) => {
    const good = made();
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        await writeFile(archive, bytes);
        const out = await temporaryFolderPath();
        const error: unknown = await unpackArchive(archive, out).then(
          () => undefined,
          (e) => e,
        );
        expect(error === undefined || error instanceof DataError).toBe(true);
      }),
      { numRuns: 60 },
    );
  },
);

let count = 0;
const temporaryFolderPath = async (): Promise<string> => join(folder, `out-${count++}`);
