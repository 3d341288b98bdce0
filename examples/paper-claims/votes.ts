// What people say of the test images: CIFAR-10H.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readVotes } from "@sd/data";
import { softmaxCrossEntropyWithSoftTargets } from "@sd/losses";
import { argmax, mean } from "@sd/math";
import { applyTemperature } from "@sd/metrics";
import { softLabelsFromVotes } from "@sd/priors";
import type { Run } from "./runs.ts";

/** The share of people who named each class of each test image, `[n, k]`. */
export interface Votes {
  readonly shares: Float64Array;
  readonly shape: readonly [number, number];
}

/** The votes in a folder of data sets, where they are on the test images of these runs; else undefined. */
export async function openVotes(data: string, runs: readonly Run[]): Promise<Votes | undefined> {
  const file = join(data, "cifar10h", "cifar10h-counts.u8.bin");
  const name = (runs[0]?.record.config.data as { name?: string } | undefined)?.name;
  if (name !== "cifar-10" || !existsSync(file)) return undefined;
  const { labels, shape: tested } = runs[0]!.test;
  const { votes, shape } = await readVotes(file, { classes: tested[1] });
  // A part of the test images, of which it is not known which they are.
  if (shape[0] !== tested[0]) return undefined;
  const shares = softLabelsFromVotes(votes, shape);
  const named = argmax(shares, shape);
  const agree = labels.filter((label, i) => named[i] === label).length / labels.length;
  if (agree < 0.95)
    throw new Error(
      `${file}: people agree with ${agree} of the labels: the images are in another order`,
    );
  return { shares, shape };
}

/** A network's mean cross-entropy with the votes, before and after temperature scaling. */
export function votesCrossEntropy(
  { test: { logits, shape }, temperature }: Run,
  { shares }: Votes,
): { readonly plain: number; readonly scaled: number } {
  const against = (f: Float32Array | Float64Array): number =>
    mean(softmaxCrossEntropyWithSoftTargets(f, shares, shape));
  return { plain: against(logits), scaled: against(applyTemperature(logits, shape, temperature)) };
}
