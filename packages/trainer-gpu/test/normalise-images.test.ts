import { Loader } from "@sd/data";
import { expect, test } from "vitest";
import { normaliseImages } from "../src/normalise-images.ts";

test("equals what a loader makes of the same bytes", () => {
  const images = Uint8Array.from({ length: 2 * 2 * 2 * 3 }, (_, i) => (31 * i) % 256);
  const shape = [2, 2, 2, 3] as const;
  const dataset = { name: "", images, labels: new Int32Array(2), shape, classes: 1, checksum: "" };
  const normalise = { mean: [0.1, 0.5, 0.9], std: [0.2, 0.3, 0.4] };
  const [batch] = [...new Loader(dataset, { batchSize: 2, normalise }).epoch(0)];
  expect(normaliseImages(images, normalise)).toEqual(batch!.images);
  expect(normaliseImages(new Float32Array(images), normalise)).toEqual(batch!.images);
});
