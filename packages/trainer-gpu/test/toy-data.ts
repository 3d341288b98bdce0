// A small problem that a small network learns in seconds: noisy 8 × 8 images with a bright row that tells the class.
import { createHash } from "node:crypto";
import type { ImageDataset } from "@sd/data";
import { createRng } from "@sd/math/random";
import type { TrainData } from "../src/config.ts";

const CLASSES = 4;
const SIDE = 8;

function toyDataset(name: string, n: number): ImageDataset {
  const rng = createRng(5).fork(name);
  const images = new Uint8Array(n * SIDE * SIDE);
  const labels = Int32Array.from({ length: n }, (_, i) => i % CLASSES);
  for (let i = 0; i < images.length; i++) {
    const row = Math.floor((i % (SIDE * SIDE)) / SIDE);
    const bright = row === 2 * labels[Math.floor(i / (SIDE * SIDE))]!;
    images[i] = Math.floor(rng.uniform() * 160) + (bright ? 95 : 0);
  }
  const checksum = createHash("sha256").update(images).digest("hex");
  return { name, images, labels, shape: [n, SIDE, SIDE, 1], classes: CLASSES, checksum };
}

export const toyData = (): TrainData => ({
  train: toyDataset("train", 96),
  validation: toyDataset("validation", 40),
  test: toyDataset("test", 40),
  description: { name: "toy" },
});
