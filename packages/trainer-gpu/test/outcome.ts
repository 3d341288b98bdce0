// What a run leaves, and how to interrupt one.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readRun } from "@sd/runs";
import type { TrainOptions } from "../src/config.ts";

/** Everything of a run that must not depend on when or how often it was interrupted. */
export async function outcome(of: string): Promise<object> {
  const { metrics, status, predictions } = await readRun(of);
  const { bestEpoch, validationAccuracy, state } = status;
  const best = await readFile(join(of, "checkpoints", "best.safetensors"));
  const { tensors, metadata } = await (await readRun(of)).loadCheckpoint("last");
  return {
    metrics: metrics.map(({ seconds, imagesPerSecond, ...row }) => row),
    status: { bestEpoch, validationAccuracy, state },
    best,
    last: Object.fromEntries(Object.entries(tensors).map(([k, { data }]) => [k, data])),
    // But for the times in it, the state is the same text.
    state: metadata.state?.replaceAll(/"(seconds|imagesPerSecond)":[^,}]*/g, ""),
    validation: (await predictions("validation")).logits,
    test: (await predictions("test")).logits,
  };
}

/** A signal that is set during the given step of the given epoch. */
export function stopAt(
  epoch: number,
  step: number,
): Required<Pick<TrainOptions, "signal" | "onProgress">> {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onProgress: (progress) => {
      if (progress.epoch === epoch && progress.step === step) controller.abort();
    },
  };
}
