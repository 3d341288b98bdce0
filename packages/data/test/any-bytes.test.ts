// Whatever bytes a file holds, a reader returns something or throws a DataError.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeEach, test } from "vitest";
import {
  checkDataset,
  DataError,
  readCifar,
  readIdx,
  readIdxDataset,
  readImageFolder,
  readLabelColumn,
  readNpy,
  readNpyDataset,
  readTinyImageNet,
  readVotes,
  unpackArchive,
} from "../src/index.ts";
import { tar, zip } from "./archive/hostile.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { idxBytes } from "./toy.ts";

let folder: string;
let path: string;
let count = 0;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, "train-images-idx3-ubyte");
});

const readers: Readonly<Record<string, () => Promise<unknown>>> = {
  readIdx: () => readIdx(path),
  readIdxDataset: () => readIdxDataset({ name: "x", images: path, labels: path }),
  readCifar: () => readCifar({ name: "x", files: [path], labels: "cifar10" }),
  readLabelColumn: () => readLabelColumn(path, { column: "a", classes: 3 }),
  readVotes: () => readVotes(path, { classes: 3 }),
  readNpy: () => readNpy(path),
  readNpyDataset: () => readNpyDataset({ name: "x", images: path, labels: path }),
  readImageFolder: () => readImageFolder(path),
  readTinyImageNet: () => readTinyImageNet(path),
  unpackArchive: () => unpackArchive(path, join(folder, `out-${count++}`)),
  checkDataset: () => checkDataset("mnist", folder),
};

const header = Buffer.from("\x93NUMPY\x01\0", "latin1");
const beginnings = [
  Buffer.alloc(0),
  Buffer.from([0, 0, 8, 1]),
  Buffer.from([0, 0, 13, 3]),
  header,
  Buffer.from("a,b\n"),
  Buffer.from([0x1f, 0x8b, 8, 0]),
  Buffer.from("PK\x03\x04", "latin1"),
  idxBytes(8, [2, 1, 1], Uint8Array.of(1, 2)),
  tar([{ name: "a/1.png", body: "x" }]),
  zip([{ name: "a/1.png", body: "x" }]),
];

/** A file's beginning or all of one, then anything, perhaps with a byte changed, perhaps compressed. */
const files = fc
  .record({
    start: fc.constantFrom(...beginnings),
    rest: fc.uint8Array({ maxLength: 200 }),
    at: fc.nat(3000),
    value: fc.nat(255),
    gzip: fc.boolean(),
  })
  .map(({ start, rest, at, value, gzip }) => {
    const bytes = Buffer.concat([start, rest]);
    if (at < bytes.length) bytes[at] = value;
    return gzip ? gzipSync(bytes) : bytes;
  });

test.each(Object.entries(readers))("%s", async (_, read) => {
  await fc.assert(
    fc.asyncProperty(files, async (bytes) => {
      await writeFile(path, bytes);
      await read().catch((error: unknown) => {
        if (!(error instanceof DataError)) throw error;
      });
    }),
    { numRuns: 150 },
  );
});
