// One epoch of steps: batches → signals → targets → step → what the method remembers.
import type { Batch, ChannelStatistics, PrefetchLoader } from "@sd/data";
import { createRng, type Rng } from "@sd/math/random";
import { accuracy } from "@sd/metrics";
import type { Run } from "@sd/runs";
import type { TrainOptions } from "./config.ts";
import { checkFinite } from "./failure.ts";
import type { MethodState } from "./methods/method.ts";
import type { Model } from "./models/model.ts";
import { normaliseImages } from "./normalise-images.ts";
import { scheduleFactor } from "./schedules.ts";
import type { Session } from "./session.ts";
import type { EpochSums } from "./state.ts";
import type { LogitTeacher } from "./teachers/teacher.ts";

/** Everything that one run's functions share. */
export interface Context extends TrainOptions {
  readonly run: Run;
  readonly network: Model;
  readonly session: Session;
  readonly loader: PrefetchLoader;
  readonly normalise: ChannelStatistics;
  /** What the method remembers, changed in place. */
  readonly memory: MethodState;
  readonly predictBatchSize: number;
  /** The teacher, where it is no network of the session. */
  readonly taught: LogitTeacher | undefined;
  readonly warn: (message: string) => void;
}

/** What became of an epoch: its sums, and whether they are of all its steps. */
export interface EpochEnd {
  readonly sums: EpochSums;
  readonly complete: boolean;
}

const NOTHING: EpochSums = {
  step: 0,
  rows: 0,
  lossSum: 0,
  correct: 0,
  learningRate: 0,
  seconds: 0,
};

/** One optimiser step, and what the method makes of it. */
async function trainStep(
  context: Context,
  { epoch, step, batch, rng }: { epoch: number; step: number; batch: Batch; rng: Rng },
): Promise<{ loss: number; correct: number; learningRate: number }> {
  const { run, method, memory, session, loader, data, optimizer, schedule, epochs } = context;
  const steps = loader.batchesPerEpoch;
  const { classes } = data.train;
  const shape = [batch.size, classes] as const;
  const { images, labels, labelTargets, indices } = batch;
  const learningRate =
    optimizer.learningRate * scheduleFactor(schedule, epoch + step / steps, epochs);
  const known = { epoch, step, learningRate, batch, classes };
  const ofNetworks = await session.signals(images);
  const taught = await context.taught?.logits({
    images: normaliseImages(images, context.normalise),
    indices,
    shape: batch.shape,
  });
  const signals = taught === undefined ? ofNetworks : { ...ofNetworks, teacher: taught };
  for (const [name, values] of Object.entries(signals)) {
    await checkFinite(run, `a logit of the ${name}`, values, { ...known, signals });
  }
  const seen = { labels, labelTargets, indices, shape, epoch, epochs, rng };
  const targets = method.targets(seen, signals, memory);
  const update = epoch * steps + step + 1;
  const { loss, logits } = await session.step({
    images,
    ...targets,
    signals,
    learningRate,
    step: update,
    emaDecay: method.emaDecay?.(update),
  });
  await checkFinite(run, "the loss", [loss], { ...known, signals, targets, logits });
  method.observe?.(seen, logits, memory);
  return { loss, correct: accuracy(logits, labels, shape) * batch.size, learningRate };
}

/**
 * One epoch of optimiser steps, from where it was left; not complete where it was told to stop.
 */
export async function trainEpoch(
  context: Context,
  epoch: number,
  from: EpochSums = NOTHING,
): Promise<EpochEnd> {
  const { method, memory, loader, epochs, signal } = context;
  const steps = loader.batchesPerEpoch;
  const rng = createRng(context.seed).fork("method", context.generation, epoch);
  const start = performance.now() - 1000 * from.seconds;
  let sums = from;
  let at = 0;
  for await (const batch of loader.epoch(epoch)) {
    const step = at++;
    if (step < from.step) continue;
    if (signal?.aborted) return { sums, complete: false };
    const done = await trainStep(context, { epoch, step, batch, rng: rng.fork(step) });
    const seconds = (performance.now() - start) / 1000;
    sums = {
      step: step + 1,
      rows: sums.rows + batch.size,
      lossSum: sums.lossSum + done.loss * batch.size,
      correct: sums.correct + done.correct,
      learningRate: done.learningRate,
      seconds,
    };
    const { rows } = sums;
    const told = { loss: sums.lossSum / rows, imagesPerSecond: rows / seconds };
    context.onProgress?.({ epoch, epochs, step: step + 1, steps, ...told });
  }
  // What follows the last step may take long: it belongs to the next start.
  if (signal?.aborted) return { sums, complete: false };
  method.epochEnd?.(epoch, memory);
  return { sums, complete: true };
}

/** The numbers of an epoch that metrics.jsonl has of training. */
export function trainingMetrics({ rows, lossSum, correct, learningRate, seconds }: EpochSums): {
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly learningRate: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
} {
  return {
    trainLoss: lossSum / rows,
    trainAccuracy: correct / rows,
    learningRate,
    seconds,
    imagesPerSecond: rows / seconds,
  };
}
