import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readCifar, readVotes } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

async function put(...bytes: number[]): Promise<string> {
  const file = join(await temporaryFolder(), "votes.bin");
  await writeFile(file, Uint8Array.from(bytes));
  return file;
}

describe("readVotes", () => {
  test("reads rows of bytes, gzip or not", async () => {
    const file = await put(3, 0, 1, 0, 0, 9);
    const expected = { votes: Uint8Array.of(3, 0, 1, 0, 0, 9), shape: [2, 3] };
    expect(await readVotes(file, { classes: 3 })).toEqual(expected);
    await writeFile(`${file}.gz`, gzipSync(expected.votes));
    expect(await readVotes(`${file}.gz`, { classes: 3 })).toEqual(expected);
  });

  test("refuses a last row that is not whole, and a row without a vote, at the byte", async () => {
    const broken = await readVotes(await put(1, 0, 1, 2), { classes: 3 }).catch((e: unknown) => e);
    expect(broken).toMatchObject({ code: "BAD_DATA", offset: 3 });
    const empty = await readVotes(await put(1, 0, 0, 0), { classes: 2 }).catch((e: unknown) => e);
    expect(empty).toMatchObject({ code: "BAD_DATA", offset: 2 });
    await expect(readVotes(await put(1), { classes: 0 })).rejects.toThrow("expected `classes`");
  });

  test("CIFAR-10H: most people see what the label says", async (ctx) => {
    const data = process.env.SD_DATA;
    if (!data) return ctx.skip("SD_DATA is not set: the folder that holds cifar10h/ and cifar10/");
    const { votes, shape } = await readVotes(join(data, "cifar10h", "cifar10h-counts.u8.bin"), {
      classes: 10,
    });
    const file = join(data, "cifar10", "test_batch.bin.gz");
    const { labels } = await readCifar({ name: "test", files: [file], labels: "cifar10" });
    expect(shape).toEqual([10_000, 10]);
    let agree = 0;
    for (let i = 0; i < 10_000; i++) {
      const row = votes.subarray(i * 10, (i + 1) * 10);
      const total = row.reduce((a, b) => a + b, 0);
      expect(total).toBeGreaterThanOrEqual(47);
      expect(total).toBeLessThanOrEqual(63);
      agree += Number(row.indexOf(Math.max(...row)) === labels[i]);
    }
    expect(agree).toBe(9921);
  });
});
