// One epoch of steps: batches → signals → targets → step → what the method remembers.
import type { ChannelStatistics, Loader, LoaderOptions } from "@sd/data";
import { createRng } from "@sd/math/random";
import { accuracy } from "@sd/metrics";
import type { Run } from "@sd/runs";
import type { TrainOptions } from "./config.ts";
import { TrainerError } from "./errors.ts";
import type { MethodState } from "./methods/method.ts";
import type { Model } from "./models/model.ts";
import { scheduleFactor } from "./schedules.ts";
import type { Session } from "./session.ts";

/** Everything that one run's functions share. */
export interface Context extends TrainOptions {
  readonly run: Run;
  readonly network: Model;
  readonly session: Session;
  readonly loader: Loader<LoaderOptions & { readonly normalise: ChannelStatistics }>;
  readonly normalise: ChannelStatistics;
  /** What the method remembers, changed in place. */
  readonly memory: MethodState;
  readonly predictBatchSize: number;
}

/** Fails where numbers of a step have left the finite range: nothing that follows would mean anything. */
function checkFinite(what: string, values: ArrayLike<number>, where: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new TrainerError(
      "NON_FINITE_LOSS",
      `${what} is ${values[i]} at ${where}: a smaller learning rate may help`,
    );
  }
}

/** One epoch of optimiser steps; returns the training metrics, or undefined where it was stopped. */
export async function trainEpoch(
  context: Context,
  epoch: number,
): Promise<Record<string, number> | undefined> {
  const { method, memory, session, loader, data, optimizer, schedule, epochs, signal } = context;
  const steps = loader.batchesPerEpoch;
  const k = data.train.classes;
  const rng = createRng(context.seed).fork("method", context.generation, epoch);
  const start = performance.now();
  let [step, rows, lossSum, correct, learningRate] = [0, 0, 0, 0, 0];

  for (const batch of loader.epoch(epoch)) {
    if (signal?.aborted) return undefined;
    const shape = [batch.size, k] as const;
    const { labels, labelTargets, indices } = batch;
    learningRate = optimizer.learningRate * scheduleFactor(schedule, epoch + step / steps, epochs);
    const where = `epoch ${epoch}, step ${step} of ${steps}, learning rate ${learningRate}`;
    const signals = await session.signals(batch.images);
    for (const [name, values] of Object.entries(signals)) {
      checkFinite(`a logit of the ${name}`, values, where);
    }
    const stream = rng.fork(step);
    const seen = { labels, labelTargets, indices, shape, epoch, epochs, rng: stream };
    const { targets, weights } = method.targets(seen, signals, memory);
    const update = epoch * steps + step + 1;
    const { loss, logits } = await session.step({
      images: batch.images,
      targets,
      weights,
      signals,
      learningRate,
      step: update,
      emaDecay: method.emaDecay?.(update),
    });
    checkFinite("the loss", [loss], where);
    method.observe?.(seen, logits, memory);
    step++;
    rows += batch.size;
    lossSum += loss * batch.size;
    correct += accuracy(logits, labels, shape) * batch.size;
    const imagesPerSecond = (rows * 1000) / (performance.now() - start);
    context.onProgress?.({ epoch, epochs, step, steps, loss: lossSum / rows, imagesPerSecond });
  }
  method.epochEnd?.(epoch, memory);
  const seconds = (performance.now() - start) / 1000;
  return {
    trainLoss: lossSum / rows,
    trainAccuracy: correct / rows,
    learningRate,
    seconds,
    imagesPerSecond: rows / seconds,
  };
}
