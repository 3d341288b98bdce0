import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Loader } from "../src/index.ts";
import { toyDataset } from "./toy.ts";

const small = fc.integer({ min: 1, max: 9 });

describe("order", () => {
  test("an epoch is a permutation that depends on seed and epoch alone", () => {
    const dataset = toyDataset(50);
    const order = (seed: number, epoch: number, batchSize = 7) =>
      new Loader(dataset, { batchSize, seed, shuffle: true }).order(epoch);
    expect([...order(1, 0)].sort((a, b) => a - b)).toEqual([...dataset.labels.keys()]);
    expect(order(1, 3)).toEqual(order(1, 3, 20));
    expect(order(1, 3)).not.toEqual(order(1, 4));
    expect(order(1, 3)).not.toEqual(order(2, 3));
  });

  test("without shuffling the order is that of the data", () => {
    expect(new Loader(toyDataset(3), { batchSize: 2 }).order(5)).toEqual(Int32Array.of(0, 1, 2));
  });
});

describe("batches", () => {
  test("join to the epoch's order, with its labels and pixels", () => {
    fc.assert(
      fc.property(fc.nat(12), small, small, (n, batchSize, c) => {
        const dataset = toyDataset(n, c);
        const loader = new Loader(dataset, { batchSize, seed: 1, shuffle: true });
        const batches = [...loader.epoch(2)];
        expect(batches).toHaveLength(loader.batchesPerEpoch);
        expect(batches.flatMap((batch) => [...batch.indices])).toEqual([...loader.order(2)]);
        for (const { indices, labels, images, shape, size } of batches) {
          expect(shape).toEqual([indices.length, 2, 1, c]);
          expect(size).toBe(indices.length);
          expect([...labels]).toEqual([...indices].map((i) => dataset.labels[i]));
          const pixels = [...indices].flatMap((i) => [
            ...dataset.images.subarray(i * 2 * c, (i + 1) * 2 * c),
          ]);
          expect(images).toEqual(Uint8Array.from(pixels));
        }
      }),
    );
  });

  test("normalised per channel", () => {
    const normalise = { mean: [0.25, 0.5], std: [0.5, 2] };
    const [batch] = new Loader(toyDataset(1, 2), { batchSize: 1, normalise }).epoch(0);
    const expected = [0, 1, 2, 3].map(
      (x, i) => (x / 255 - normalise.mean[i % 2]!) / normalise.std[i % 2]!,
    );
    const floats: Float32Array = batch!.images;
    expect(floats).toEqual(Float32Array.from(expected));
  });

  test("normalised to [0, 1] by nothing but mean 0 and deviation 1", () => {
    const dataset = { ...toyDataset(128), images: Uint8Array.from({ length: 256 }, (_, i) => i) };
    const normalise = { mean: [0], std: [1] };
    const [batch] = new Loader(dataset, { batchSize: 128, normalise }).epoch(0);
    expect(batch!.images).toEqual(Float32Array.from(dataset.images, (x) => x / 255));
  });

  test("dropLast leaves out a last batch that is not full", () => {
    const loader = new Loader(toyDataset(7), { batchSize: 3, dropLast: true });
    expect(loader.batchesPerEpoch).toBe(2);
    expect([...loader.epoch(0)].map((batch) => batch.size)).toEqual([3, 3]);
  });

  test("pad repeats rows, as often as needed", () => {
    const sizes = (n: number) =>
      [...new Loader(toyDataset(n), { batchSize: 5, pad: true }).epoch(0)].map((batch) => [
        batch.size,
        ...batch.indices,
      ]);
    expect(sizes(7)).toEqual([
      [5, 0, 1, 2, 3, 4],
      [2, 5, 6, 5, 6, 5],
    ]);
    expect(sizes(0)).toEqual([]);
  });

  test("an epoch can be walked twice and yields arrays of its own", () => {
    const loader = new Loader(toyDataset(4), { batchSize: 2, seed: 1, shuffle: true });
    const first = [...loader.epoch(0)];
    first[0]!.images.fill(9);
    expect([...loader.epoch(0)][1]).toEqual(first[1]);
    expect([...loader.epoch(0)][0]!.images).not.toEqual(first[0]!.images);
  });
});

test.each([
  [{ batchSize: 0 }, "batchSize"],
  [{ batchSize: 1, shuffle: true }, "seed"],
  [{ batchSize: 1, pad: true, dropLast: true }, "pad"],
  [{ batchSize: 1, normalise: { mean: [0, 0], std: [1, 1] } }, "normalise"],
  [{ batchSize: 1, normalise: { mean: [0], std: [0] } }, "normalise.std"],
])("refuses %o", (options, argument) => {
  expect(() => new Loader(toyDataset(1), options)).toThrow(`expected \`${argument}\``);
});

test("refuses a negative epoch", () => {
  expect(() => new Loader(toyDataset(1), { batchSize: 1 }).order(-1)).toThrow("expected `epoch`");
});
