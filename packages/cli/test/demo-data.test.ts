import { expect, test } from "vitest";
import { demoData } from "../src/demo/data.ts";
import { demoSettings, reducedSize, SIZES } from "../src/demo/settings.ts";

const settings = demoSettings("native", { images: 1000, validation: 200, test: 300 });

test("labels are noisy in training, on exactly the share that was asked for, and nowhere else", async () => {
  const clean = await demoData({ ...settings, noise: 0 }, 1);
  const noisy = await demoData({ ...settings, noise: 0.2 }, 1);
  const flipped = noisy.train.labels.filter((label, i) => label !== clean.train.labels[i]);
  expect(flipped.length).toBe(200);
  expect(noisy.train.images).toEqual(clean.train.images);
  expect(noisy.validation).toEqual(clean.validation);
  expect(noisy.test).toEqual(clean.test);
  expect(noisy.description).toMatchObject({
    noise: { kind: "symmetric", rate: 0.2, flipped: 200 },
  });
});

test("sizes are as asked, and classes balanced", async () => {
  const { train, validation, test: tests } = await demoData({ ...settings, noise: 0 }, 1);
  expect([train, validation, tests].map(({ shape }) => [...shape])).toEqual([
    [1000, 28, 28, 1],
    [200, 28, 28, 1],
    [300, 28, 28, 1],
  ]);
  for (let c = 0; c < 10; c++) {
    expect(train.labels.filter((label) => label === c)).toHaveLength(100);
    expect(validation.labels.filter((label) => label === c)).toHaveLength(20);
  }
});

test("seeds share the images and differ in the noise", async () => {
  const [a, b] = await Promise.all([demoData(settings, 1), demoData(settings, 2)]);
  expect(a.train.images).toEqual(b.train.images);
  expect(a.train.labels).not.toEqual(b.train.labels);
  expect((await demoData(settings, 1)).train.labels).toEqual(a.train.labels);
});

test("a slower engine takes less and says so", () => {
  expect(reducedSize(demoSettings("native", {}))).toBeUndefined();
  expect(reducedSize(demoSettings("wasm", {}))).toContain(
    `reduced: ${SIZES.wasm.images} training images instead of 5000, ${SIZES.wasm.epochs} epochs instead of 20`,
  );
  expect(reducedSize(demoSettings("native", { epochs: 3 }))).toBe(
    "reduced: 3 epochs instead of 20",
  );
});
