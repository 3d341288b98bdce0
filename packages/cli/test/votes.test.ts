import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { withVotes } from "../src/run/votes.ts";

/** Twelve test images of three classes whose only pixel is their row, and votes that tell the row as well. */
const test = {
  name: "toy",
  images: Uint8Array.from({ length: 12 }, (_, i) => i),
  labels: Int32Array.from({ length: 12 }, (_, i) => i % 3),
  shape: [12, 1, 1, 1],
  classes: 3,
  checksum: "",
} as const;
const train = { ...test, name: "other" };

function votesFile(rows: number): string {
  const folder = mkdtempSync(join(tmpdir(), "sd-votes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "votes.bin");
  const votes = Array.from({ length: rows }, (_, i) => [i + 1, 1, 2]);
  writeFileSync(file, Uint8Array.from(votes.flat()));
  return file;
}

describe("votes on test images", () => {
  it("give a half to train on, each image with its own shares, and leave the other to judge", async () => {
    const halves = await withVotes({ train, test }, votesFile(12), 3);
    expect([halves.train.shape[0], halves.test!.shape[0]]).toEqual([6, 6]);
    const rows = [...halves.train.images, ...halves.test!.images];
    expect(rows.sort((a, b) => a - b)).toEqual([...test.images]);
    for (const [i, row] of [...halves.train.images].entries()) {
      const shares = halves.train.labelTargets!.subarray(3 * i, 3 * i + 3);
      const total = row + 4;
      expect([...shares]).toBeAllclose([(row + 1) / total, 1 / total, 2 / total], { rtol: 1e-6 });
      expect(halves.train.labels[i]).toBe(row % 3);
    }
    expect(halves.test!.labelTargets).toBeUndefined();
  });

  it("are split by the seed alone", async () => {
    const half = async (seed: number) =>
      (await withVotes({ train, test }, votesFile(12), seed)).train;
    expect((await half(1)).images).toEqual((await half(1)).images);
    expect((await half(1)).images).not.toEqual((await half(2)).images);
  });

  it("are refused where they are of other images", async () => {
    await expect(withVotes({ train, test }, votesFile(11), 0)).rejects.toThrow(
      "expected votes on 12 test images, got 11",
    );
    await expect(withVotes({ train }, votesFile(12), 0)).rejects.toThrow("test images of its own");
  });
});
