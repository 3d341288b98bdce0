// What the loader promises about augmented batches.
import { describe, expect, test } from "vitest";
import {
  type Augment,
  type Batch,
  cutMix,
  cutout,
  horizontalFlip,
  type ImageDataset,
  Loader,
  type Mixing,
  mixup,
  randomCrop,
  randomResizedCrop,
  withLabelTargets,
} from "../../src/index.ts";

const N = 30;
const dataset: ImageDataset = {
  name: "toy",
  images: Uint8Array.from({ length: N * 48 }, (_, i) => (i * 7 + (i >> 3)) % 256),
  labels: Int32Array.from({ length: N }, (_, i) => i % 3),
  shape: [N, 4, 4, 3],
  classes: 3,
  checksum: "",
};
const images = [
  randomCrop({ padding: 1 }),
  horizontalFlip(),
  randomResizedCrop(),
  cutout({ size: 2 }),
];

/** Every row of an epoch by its index, as it came out of its batch. */
function rowsOf(augment: Augment, batchSize: number, epoch = 0, seed = 1, shuffle = true) {
  const rows = new Map<number, [pixels: number[], target: number[] | undefined]>();
  for (const batch of new Loader(dataset, { batchSize, seed, shuffle, augment }).epoch(epoch)) {
    batch.indices.forEach((index, i) => {
      const target = batch.labelTargets?.subarray(i * 3, (i + 1) * 3);
      const pixels = batch.images.subarray(i * 48, (i + 1) * 48);
      rows.set(index, [[...pixels], target && [...target]]);
    });
  }
  return new Map([...rows].sort(([a], [b]) => a - b));
}

describe.each([
  ["images", { images }],
  ["mixup", { images, mix: mixup() }],
  ["CutMix", { images, mix: cutMix() }],
] as [string, Augment][])("%s", (_, augment) => {
  test("the same whatever the batch size and the order", () => {
    const expected = rowsOf(augment, 7);
    expect(expected.size).toBe(N);
    expect(rowsOf(augment, 1)).toEqual(expected);
    expect(rowsOf(augment, 30)).toEqual(expected);
    expect(rowsOf(augment, 8, 0, 1, false)).toEqual(expected);
  });

  test("others in another epoch, and with another seed", () => {
    expect(rowsOf(augment, 7, 1)).not.toEqual(rowsOf(augment, 7));
    expect(rowsOf(augment, 7, 0, 2)).not.toEqual(rowsOf(augment, 7));
  });
});

test("one augmentation's draws do not depend on those before it", () => {
  const flipped = (first: Augment["images"]) =>
    rowsOf({ images: [...first!, horizontalFlip({ probability: 0.5 })] }, 5);
  expect(flipped([randomCrop({ padding: 0 })])).toEqual(
    flipped([randomCrop({ padding: 0, fill: 9 })]),
  );
  const none = new Loader(dataset, { batchSize: 5 });
  const plain = [...none.epoch(0)].flatMap((batch) => [...batch.images]);
  expect([...rowsOf({ images: [] }, 5).values()].flatMap(([pixels]) => pixels)).toEqual(plain);
});

/** The only batch of a mixed epoch. */
const mixedBatch = (of: ImageDataset, augment: Augment): Batch =>
  new Loader(of, { batchSize: N, seed: 3, augment }).epoch(0).next().value as Batch;

describe("mixed labels", () => {
  test.each([mixup(), cutMix()])("of $name lie on the simplex, on two classes at most", (mix) => {
    const { labels, labelTargets } = mixedBatch(dataset, { mix });
    expect(labels).toEqual(dataset.labels);
    for (let i = 0; i < N; i++) {
      const row = labelTargets!.subarray(i * 3, (i + 1) * 3);
      expect(row.reduce((a, b) => a + b, 0)).toBeAllclose(1, { atol: 1e-6 });
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
      expect(row.filter((share) => share > 0).length).toBeLessThanOrEqual(2);
    }
  });

  test("go with the pixels: the mixture of one-coloured images tells λ", () => {
    const coloured = {
      ...dataset,
      images: Uint8Array.from({ length: N * 48 }, (_, i) => 100 * (Math.floor(i / 48) % 3)),
    };
    for (const mix of [mixup(), cutMix()]) {
      const { images: pixels, labelTargets } = mixedBatch(coloured, { mix });
      for (let i = 0; i < N; i++) {
        const mean = [...pixels.subarray(i * 48, (i + 1) * 48)].reduce((a, b) => a + b, 0) / 48;
        const [, one, two] = labelTargets!.subarray(i * 3, (i + 1) * 3);
        expect(mean).toBeAllclose(100 * one! + 200 * two!, { atol: 1e-3 });
      }
    }
  });

  test("of soft labels are the mixture of both rows", () => {
    const soft = withLabelTargets(dataset, new Float32Array(N * 3).fill(1 / 3));
    const { labelTargets } = mixedBatch(soft, { mix: mixup() });
    expect(labelTargets).toBeAllclose(new Float32Array(N * 3).fill(1 / 3), { atol: 1e-6 });
  });
});

describe("without `normalise`", () => {
  test.each([
    ["nothing mixed", {}, Uint8Array],
    ["CutMix", { mix: cutMix() }, Uint8Array],
    ["mixup", { mix: mixup() }, Float32Array],
  ] as [string, Augment, typeof Uint8Array | typeof Float32Array][])(
    "%s: the same draws as with it, in raw values",
    (_, mixing, type) => {
      const augment = { images, ...mixing };
      const options = { batchSize: N, seed: 3, augment };
      const [raw] = new Loader(dataset, options).epoch(0);
      const normalise = { mean: [0, 0, 0], std: [1, 1, 1] };
      const [scaled] = new Loader(dataset, { ...options, normalise }).epoch(0);
      expect(raw!.images).toBeInstanceOf(type);
      expect(raw!.images).toBeAllclose(
        scaled!.images.map((x) => x * 255),
        { atol: 1e-3 },
      );
      expect(raw!.labelTargets).toEqual(scaled!.labelTargets);
    },
  );

  test("a mixing of one's own is given floats unless it says that it keeps bytes", () => {
    const average = (keepsBytes: boolean): Mixing => ({
      name: "average",
      options: {},
      keepsBytes,
      mix(own, other) {
        for (let i = 0; i < own.length; i++) own[i] = (own[i]! + other[i]!) / 2;
        return 0.5;
      },
    });
    const [floats, bytes] = [false, true].map((keeps) =>
      mixedBatch(dataset, { mix: average(keeps) }),
    );
    expect(floats!.images).toBeInstanceOf(Float32Array);
    expect(bytes!.images).toEqual(Uint8Array.from(floats!.images));
  });
});

test("needs a seed", () => {
  expect(() => new Loader(dataset, { batchSize: 1, augment: {} })).toThrow("expected `seed`");
});
