import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import {
  type Augment,
  type Batch,
  centerCrop,
  cutMix,
  cutout,
  horizontalFlip,
  type ImageDataset,
  Loader,
  type LoaderOptions,
  mixup,
  PrefetchLoader,
  type PrefetchOptions,
  randomCrop,
  randomResizedCrop,
  resize,
  withLabelTargets,
  withSharedImages,
} from "../../src/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { augment as own } from "./augmentations.ts";

const N = 23;
const dataset: ImageDataset = {
  name: "toy",
  images: Uint8Array.from({ length: N * 60 }, (_, i) => 2 * ((i * 7 + (i >> 3)) % 128)),
  labels: Int32Array.from({ length: N }, (_, i) => i % 3),
  shape: [N, 5, 4, 3],
  classes: 3,
  checksum: "",
};
const soft = withLabelTargets(dataset, new Float32Array(N * 3).fill(1 / 3));
const images = [
  randomCrop({ padding: 1, fill: [1, 2, 3] }),
  horizontalFlip({ probability: 0.3 }),
  randomResizedCrop({ size: [6, 5] }),
  cutout({ size: 2 }),
  resize({ size: 4 }),
  centerCrop({ size: [4, 3] }),
];
const module = new URL("./augmentations.ts", import.meta.url);

const made: PrefetchLoader[] = [];
function loaderOf<O extends PrefetchOptions>(of: ImageDataset, options: O): PrefetchLoader<O> {
  const loader = new PrefetchLoader(of, options);
  made.push(loader as unknown as PrefetchLoader);
  return loader;
}
afterEach(async () => {
  await Promise.all(made.splice(0).map((loader) => loader.close()));
});

async function epochOf(loader: PrefetchLoader, epoch: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader.epoch(epoch)) batches.push(batch);
  return batches;
}

describe("the same batches, bit for bit, as a Loader's", () => {
  const normalise = { mean: [0.1, 0.2, 0.3], std: [0.5, 0.6, 0.7] };
  test.each([
    ["raw", dataset, { batchSize: 4 }],
    ["shuffled, padded", dataset, { batchSize: 5, seed: 3, shuffle: true, pad: true }],
    ["normalised, full batches", soft, { batchSize: 5, seed: 3, dropLast: true, normalise }],
    ["augmented", dataset, { batchSize: 4, seed: 3, shuffle: true, augment: { images } }],
    ["CutMix", soft, { batchSize: 4, seed: 3, augment: { images, mix: cutMix({ alpha: 0.3 }) } }],
    ["mixup", dataset, { batchSize: 4, seed: 3, augment: { mix: mixup() } }],
    [
      "mixup, normalised",
      dataset,
      { batchSize: 4, seed: 3, normalise, augment: { images, mix: mixup() } },
    ],
    ["empty", { ...dataset, shape: [0, 5, 4, 3] }, { batchSize: 4 }],
  ] as [string, ImageDataset, LoaderOptions][])("%s", async (_, of, options) => {
    const plain = new Loader(of, options);
    const expected = [0, 1].map((epoch) => [...plain.epoch(epoch)]);
    for (const workers of [0, 1, 3]) {
      for (const ahead of [1, 7]) {
        const loader = loaderOf(of, { ...options, workers, ahead });
        expect([loader.workers, loader.imageShape]).toEqual([workers, plain.imageShape]);
        expect(loader.batchesPerEpoch).toBe(plain.batchesPerEpoch);
        expect(loader.order(1)).toEqual(plain.order(1));
        expect([await epochOf(loader, 0), await epochOf(loader, 1)]).toEqual(expected);
      }
    }
  });

  test("two epochs at once", async () => {
    const options = { batchSize: 4, seed: 1, shuffle: true, augment: { images } };
    const loader = loaderOf(dataset, { ...options, workers: 2 });
    const both = await Promise.all([epochOf(loader, 0), epochOf(loader, 1)]);
    const plain = new Loader(dataset, options);
    expect(both).toEqual([[...plain.epoch(0)], [...plain.epoch(1)]]);
  });

  test("arrays of one's own, in memory that is not shared", async () => {
    const [first, second] = await epochOf(loaderOf(dataset, { batchSize: 4, workers: 1 }), 0);
    expect(first!.images.buffer).toBeInstanceOf(ArrayBuffer);
    first!.images.fill(0);
    expect(second).toEqual([...new Loader(dataset, { batchSize: 4 }).epoch(0)][1]);
  });
});

describe("augmentations of one's own", () => {
  const options = { batchSize: 4, seed: 1, augment: own };

  test("are run by the caller's thread", async () => {
    const loader = loaderOf(dataset, { ...options, workers: 2 });
    expect(loader.workers).toBe(0);
    expect(await epochOf(loader, 0)).toEqual([...new Loader(dataset, options).epoch(0)]);
    const copied = { images: [{ ...horizontalFlip() }] };
    expect(loaderOf(dataset, { ...options, augment: copied, workers: 2 }).workers).toBe(0);
    expect(
      loaderOf(dataset, { ...options, augment: { images, mix: { ...mixup() } } }).workers,
    ).toBe(0);
  });

  test.each([
    ["a URL", module],
    ["its text", module.href],
  ])("are run by workers that are given their module as %s", async (_, augmentModule) => {
    const loader = loaderOf(dataset, { ...options, augmentModule, workers: 2 });
    expect(loader.workers).toBe(2);
    expect(await epochOf(loader, 0)).toEqual([...new Loader(dataset, options).epoch(0)]);
  });

  test.each([
    ["exports another augmentation", { images: [horizontalFlip()] }, module, "to export `augment`"],
    ["exports none", own, new URL("./none.ts", import.meta.url), "Cannot find module"],
  ] as [string, Augment, URL, string][])(
    "a module that %s",
    async (_, augment, augmentModule, message) => {
      const loader = loaderOf(dataset, {
        batchSize: 4,
        seed: 1,
        augment,
        augmentModule,
        workers: 1,
      });
      const error = await epochOf(loader, 0).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: "PrefetchError", code: "WORKER_FAILED" });
      expect((error as Error).message).toContain(message);
    },
  );
});

describe("errors and ends", () => {
  // Row 10 begins with 7, which all others, even as they are, do not.
  const failing = { ...dataset, images: dataset.images.slice().fill(7, 10 * 60, 10 * 60 + 1) };
  const options = { batchSize: 2, seed: 1, augment: own, augmentModule: module, workers: 2 };

  test("what a worker throws comes with its batch, after those before it", async () => {
    const loader = loaderOf(failing, options);
    const seen: Batch[] = [];
    const run = async (): Promise<void> => {
      for await (const batch of loader.epoch(0)) seen.push(batch);
    };
    const error = await run().catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "PrefetchError", message: "seven is not supported" });
    expect((error as Error).cause).toBeInstanceOf(RangeError);
    expect(seen).toHaveLength(5);
  });

  test("an epoch can be begun again after a failure, and after an end", async () => {
    const loader = loaderOf(failing, options);
    await expect(epochOf(loader, 0)).rejects.toThrow("seven");
    const first = async (): Promise<Batch | undefined> => {
      for await (const batch of loader.epoch(0)) return batch;
      return undefined;
    };
    const [expected] = new Loader(failing, { batchSize: 2, seed: 1, augment: own }).epoch(0);
    expect(await first()).toEqual(expected);
    await loader.close();
    expect(await first()).toEqual(expected);
  });

  test("an epoch in progress fails when the loader is closed", async () => {
    const loader = loaderOf(dataset, { batchSize: 1, workers: 1, ahead: 1 });
    const epoch = loader.epoch(0);
    await epoch.next();
    await loader.close();
    const rest = async (): Promise<void> => {
      for await (const _ of epoch);
    };
    await expect(rest()).rejects.toThrow("the loader was closed");
  });

  test("leaving early makes no more batches than were asked for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.integer({ min: 1, max: 4 }), async (taken, ahead) => {
        const loader = new PrefetchLoader(dataset, { batchSize: 2, workers: 1, ahead });
        let count = 0;
        for await (const _ of loader.epoch(0)) if (count++ === taken) break;
        expect(count).toBe(taken + 1);
      }),
      { numRuns: 8 },
    );
  });

  test.each([
    [{ batchSize: 1, workers: -1 }, "workers"],
    [{ batchSize: 1, workers: 1.5 }, "workers"],
    [{ batchSize: 1, ahead: 0 }, "ahead"],
    [{ batchSize: 0 }, "batchSize"],
    [{ batchSize: 1, shuffle: true }, "seed"],
    [{ batchSize: 1, normalise: { mean: [0], std: [1] } }, "normalise"],
  ] as [PrefetchOptions, string][])("refuses %o", (wrong, argument) => {
    expect(() => new PrefetchLoader(dataset, wrong)).toThrow(`expected \`${argument}\``);
  });

  test("refuses a negative epoch, without a thread", async () => {
    await expect(loaderOf(dataset, { batchSize: 1 }).epoch(-1).next()).rejects.toThrow("`epoch`");
  });
});

test("pixels that are shared already are taken as they are", () => {
  const shared = withSharedImages(dataset);
  expect(shared.images).toEqual(dataset.images);
  expect(withSharedImages(shared)).toBe(shared);
});

const run = promisify(execFile);
const FLAGS = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];

/** Runs a program on `entry`; it has to end by itself. */
async function program(entry: string, body: string): Promise<string> {
  const source = `
    const { PrefetchLoader, horizontalFlip } = await import(${JSON.stringify(entry)});
    const dataset = {
      name: "toy", images: Uint8Array.from({ length: 64 }, (_, i) => i),
      labels: new Int32Array(32), shape: [32, 2, 1, 1], classes: 1, checksum: "",
    };
    const augment = { images: [horizontalFlip()] };
    const loader = new PrefetchLoader(dataset, { batchSize: 2, seed: 1, augment, workers: 2 });
    let sum = 0;
    ${body}
    console.log(sum);`;
  const file = join(await temporaryFolder(), "program.mjs");
  await writeFile(file, source);
  const { stdout } = await run(process.execPath, [...FLAGS, file], { timeout: 30_000 });
  return stdout.trim();
}

const ALL = "for await (const { images } of loader.epoch(0)) for (const x of images) sum += x;";
const SOURCE = new URL("../../src/index.ts", import.meta.url).href;

describe("a program ends by itself", () => {
  test.each([
    ["after an epoch, without `close`", ALL, "2016"],
    ["with an epoch left early", "for await (const _ of loader.epoch(0)) { sum++; break; }", "1"],
    ["with an epoch abandoned", "await loader.epoch(0).next();", "0"],
    ["with a loader closed twice", `${ALL} await loader.close(); await loader.close();`, "2016"],
  ])("%s", async (_, body, expected) => {
    expect(await program(SOURCE, body)).toBe(expected);
  });

  test("from the build", async () => {
    const folder = fileURLToPath(new URL("../..", import.meta.url));
    const out = join(folder, "test-results", "build");
    const tsup = join(folder, "..", "..", "node_modules", ".bin", "tsup");
    await run(tsup, ["--out-dir", out, "--no-dts", "--silent"], { cwd: folder });
    expect(await program(join(out, "index.js"), ALL)).toBe("2016");
  });
});
