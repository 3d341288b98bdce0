import { describe, expect, test } from "vitest";
import { Loader, subset, withLabelTargets } from "../src/index.ts";
import { toyDataset } from "./toy.ts";

const targets = Float32Array.of(0.5, 0.25, 0.25, 0, 1, 0, 0.1, 0.2, 0.7, 1, 0, 0);
const soft = withLabelTargets(toyDataset(4), targets);

describe("withLabelTargets", () => {
  test("keeps the hard labels, and has a checksum of its own", () => {
    expect(soft.labels).toEqual(toyDataset(4).labels);
    const other = withLabelTargets(toyDataset(4), targets.slice().reverse());
    expect(new Set([soft.checksum, other.checksum, toyDataset(4).checksum]).size).toBe(3);
  });

  test("reaches the batches, row by row", () => {
    for (const { indices, labelTargets } of new Loader(soft, {
      batchSize: 3,
      seed: 1,
      shuffle: true,
    }).epoch(0)) {
      indices.forEach((index, i) => {
        const row = targets.subarray(index * 3, (index + 1) * 3);
        expect(labelTargets!.subarray(i * 3, (i + 1) * 3)).toEqual(row);
      });
    }
    expect(new Loader(toyDataset(4), { batchSize: 4 }).epoch(0).next().value).not.toHaveProperty(
      "labelTargets",
    );
  });

  test("goes along into a subset", () => {
    const some = subset(soft, Int32Array.of(2, 0));
    expect(some.labelTargets).toEqual(Float32Array.of(...targets.slice(6, 9), 0.5, 0.25, 0.25));
    expect(some.checksum).not.toBe(subset(toyDataset(4), Int32Array.of(2, 0)).checksum);
  });

  test.each([
    [targets.slice(1), "`labelTargets`"],
    [Float32Array.from(targets, (t) => t / 2), "to have rows that sum to 1, got 0.5 in row 0"],
    [Float32Array.from(targets, (t) => t - 0.1), "`labelTargets`"],
  ])("refuses %o", (values, message) => {
    expect(() => withLabelTargets(toyDataset(4), values)).toThrow(message);
  });
});
