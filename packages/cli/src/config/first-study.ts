// The study that `sd config init` writes: four methods, sized to the images that there are.
import { readdir } from "node:fs/promises";

/** A small network and few epochs: something to see within minutes, to be enlarged by hand. */
const text = (data: string, model: string, epochs: number, batchSize: number): string => `\
# Compares four ways to train the same network on the same images.
# Every setting: sd config schema.  What will be run, and how long it takes: sd study plan study.yaml
name: study

data:
${data}
model: ${model}
epochs: ${epochs}
batchSize: ${batchSize}
optimizer: { name: sgd, lr: 0.05, momentum: 0.9, weightDecay: 5e-4 }
schedule: cosine

methods:
  - cross-entropy
  - { name: label-smoothing, epsilon: 0.1 }
  # A student of the network that cross-entropy trains.
  - { name: self-distillation, temperature: 4 }
  - beta-smoothing

# More seeds give intervals over seeds, and take as much longer.
seeds: [0]
`;

const DIGITS = `\
  name: mnist
  train: 5000
  validation: 2000
  noise: { kind: symmetric, rate: 0.2 }
`;

/** How many files lie in the folders below a folder. */
async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

/** The power of two nearest below a twentieth of the images, between 8 and 64. */
function batchFor(images: number): number {
  const wanted = Math.max(8, Math.min(64, images / 20));
  return 2 ** Math.floor(Math.log2(wanted));
}

/**
 * @param path - The images as the file is to name them; digits without.
 * @param images - The same folder, as this process finds it.
 */
export async function firstStudy(path?: string, images?: string): Promise<string> {
  if (path === undefined || images === undefined) return text(DIGITS, "lenet", 10, 64);
  const count = await countFiles(images).catch(() => 0);
  const data = `  images: ${JSON.stringify(path)}\n  size: 32\n`;
  return text(data, "resnet-8", 20, count === 0 ? 64 : batchFor(count));
}
