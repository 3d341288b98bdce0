import { expect, test } from "vitest";
import { channelStatistics } from "../src/index.ts";
import { toyDataset } from "./toy.ts";

test("mean and standard deviation of each channel, by hand", () => {
  // Channels 0, 2, 4, 6 and 1, 3, 5, 7: means 3 and 4, variance 5.
  const { mean, std } = channelStatistics(toyDataset(2, 2));
  expect(mean).toBeAllclose([3 / 255, 4 / 255]);
  expect(std).toBeAllclose([Math.sqrt(5) / 255, Math.sqrt(5) / 255]);
});

test("constant images have deviation 0", () => {
  const dataset = { ...toyDataset(3), images: new Uint8Array(6).fill(255) };
  expect(channelStatistics(dataset)).toEqual({ mean: [1], std: [0] });
});

test("no image has none", () => {
  expect(() => channelStatistics(toyDataset(0))).toThrow("expected `dataset` to hold an image");
});
