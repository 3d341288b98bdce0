// People's votes on test images, as labels to train on.
import { readVotes, stratifiedSplit, subset, withLabelTargets } from "@sd/data";
import { softLabelsFromVotes } from "@sd/priors";
import { UsageError } from "../errors.ts";
import type { SourceImages } from "./data.ts";

/**
 * A seeded half of the test images with the shares of the votes as labels, to train on; the other half, with its labels, to test.
 * The training images, on which nobody voted, are left out.
 *
 * @param file - A byte for each class and test image, in their order.
 */
export async function withVotes(
  { test }: SourceImages,
  file: string,
  seed: number,
): Promise<SourceImages> {
  if (test === undefined) {
    throw new UsageError("data.votes: expected a data set with test images of its own");
  }
  const { classes, labels } = test;
  const { votes, shape } = await readVotes(file, { classes });
  const [n] = test.shape;
  if (shape[0] !== n) {
    throw new UsageError(`${file}: expected votes on ${n} test images, got ${shape[0]}`);
  }
  const shares = softLabelsFromVotes(votes, shape, { out: new Float32Array(n * classes) });
  const half = Math.floor(n / 2);
  const sizes = { train: half, test: n - half };
  const rows = stratifiedSplit(labels, { sizes, classes, seed, balance: "proportional" });
  return {
    train: subset(withLabelTargets(test, shares), rows.train),
    test: subset(test, rows.test),
  };
}
