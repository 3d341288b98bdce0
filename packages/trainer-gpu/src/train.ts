// The training loop. One direction: batches → signals → targets → step → predictions → metrics → checkpoint → the epoch's line.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type ChannelStatistics, channelStatistics, Loader } from "@sd/data";
import { createRng } from "@sd/math/random";
import { accuracy, negativeLogLikelihood } from "@sd/metrics";
import { createRun, openRun, type Run } from "@sd/runs";
import { packWeights } from "./checkpoint.ts";
import { checkSettings, type TrainOptions } from "./config.ts";
import { TrainerError } from "./errors.ts";
import { createManifest } from "./manifest.ts";
import type { MethodState } from "./methods/method.ts";
import { initialWeights, type Model } from "./models/model.ts";
import { createModel } from "./models/table.ts";
import { predictDataset } from "./prediction.ts";
import { scheduleFactor } from "./schedules.ts";
import { Session } from "./session.ts";
import { type EpochState, loadBest, loadState, saveState, weightsOf } from "./state.ts";
import { resolveOptimizer } from "./update-rules/table.ts";

/** How a run ended. */
export interface TrainResult {
  readonly folder: string;
  readonly state: "done" | "stopped";
  /** Whether the folder held the finished run already, and nothing was trained. */
  readonly reused: boolean;
}

/** Everything that one run's functions share. */
interface Context extends TrainOptions {
  readonly run: Run;
  readonly network: Model;
  readonly session: Session;
  readonly loader: Loader;
  readonly normalise: ChannelStatistics;
  /** What the method remembers, changed in place. */
  readonly memory: MethodState;
  readonly predictBatchSize: number;
}

/** How many images are predicted at once, at most. */
const PREDICT_BATCH = 250;

/** The resolved configuration, as config.json holds it: enough to repeat the run. */
function createConfig(options: TrainOptions): object {
  const { method, teacher, folder, data, model, seed, generation, epochs } = options;
  const { batchSize, parts = 1 } = options;
  const { name, label, options: methodOptions } = method;
  return {
    method: { name, label, options: methodOptions },
    model,
    seed,
    generation,
    epochs,
    batchSize,
    parts,
    optimizer: resolveOptimizer(options.optimizer),
    schedule: options.schedule,
    data: data.description,
    ...(teacher ? { teacher: { run: relative(folder, teacher.folder), checkpoint: "best" } } : {}),
  };
}

/** Makes the run folder, or opens the one that holds this very run. */
async function openOrCreate(options: TrainOptions): Promise<Run> {
  const config = createConfig(options);
  if (!existsSync(join(options.folder, "status.json"))) {
    return createRun(options.folder, { config, manifest: createManifest(options) });
  }
  const run = await openRun(options.folder);
  const same =
    isDeepStrictEqual(run.config, JSON.parse(JSON.stringify(config))) &&
    isDeepStrictEqual(run.manifest.engine, options.engine.name);
  if (same) return run;
  throw new TrainerError(
    "CONFIG_MISMATCH",
    `${options.folder} holds a run with another configuration or engine: choose another folder, or move it away`,
  );
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
async function trainEpoch(
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

/** Trains one epoch, judges it on the validation set, and makes it last. */
async function runEpoch(
  context: Context,
  epoch: number,
  best: EpochState["best"] | undefined,
): Promise<EpochState | undefined> {
  const { run, network, session, data, normalise, loader, memory, predictBatchSize } = context;
  const training = await trainEpoch(context, epoch);
  if (training === undefined) return undefined;
  const { logits, labels, shape } = await predictDataset(session, data.validation, {
    batchSize: predictBatchSize,
    normalise,
  });
  const validationAccuracy = accuracy(logits, labels, shape);
  const validationNll = negativeLogLikelihood(logits, labels, shape);
  const metrics = { epoch, ...training, validationAccuracy, validationNll };
  const values = session.read();
  const improved = best === undefined || validationAccuracy > best.validationAccuracy;
  if (improved) {
    const metadata = { epoch: String(epoch) };
    await run.saveCheckpoint("best", packWeights(network, weightsOf(values)), metadata);
  }
  const state = { epoch, metrics, best: improved ? { epoch, validationAccuracy } : best };
  await saveState(run, network, { values, memory, state });
  await run.appendMetrics(metrics);
  context.onProgress?.({
    epoch,
    epochs: context.epochs,
    step: loader.batchesPerEpoch,
    steps: loader.batchesPerEpoch,
    loss: training.trainLoss!,
    imagesPerSecond: training.imagesPerSecond!,
    metrics,
  });
  return state;
}

/** Puts back what the last complete epoch left; nothing where there is none. */
async function restore({
  run,
  network,
  session,
  memory,
}: Context): Promise<EpochState | undefined> {
  if (!(await run.hasCheckpoint("last"))) {
    await run.truncateMetrics(-1);
    return undefined;
  }
  const { values, state } = await loadState(run, network, memory);
  session.write(values);
  const rows = await run.truncateMetrics(state.epoch);
  // The line is written after the checkpoint: a kill between the two leaves it to be written now.
  if (rows.at(-1)?.epoch !== state.epoch) {
    await run.appendMetrics({ ...state.metrics, epoch: state.epoch });
  }
  return state;
}

/** Predicts validation and test with the best checkpoint, and keeps the logits for every metric ever wanted. */
async function savePredictions(context: Context): Promise<void> {
  const { run, network, session, data, normalise, predictBatchSize } = context;
  const best = await loadBest(run, network);
  session.write(Object.fromEntries(Object.entries(best).map(([k, v]) => [`weights/${k}`, v])));
  for (const split of ["validation", "test"] as const) {
    const options = { batchSize: predictBatchSize, normalise };
    await run.savePredictions(split, await predictDataset(session, data[split], options));
  }
}

async function runEpochs(context: Context): Promise<TrainResult["state"]> {
  const { run, epochs } = context;
  let state = await restore(context);
  for (let epoch = (state?.epoch ?? -1) + 1; epoch < epochs; epoch++) {
    const next = await runEpoch(context, epoch, state?.best);
    if (next === undefined) {
      await run.setStatus("stopped", { epoch: state?.epoch ?? -1 });
      return "stopped";
    }
    state = next;
  }
  await savePredictions(context);
  await run.setStatus("done", {
    bestEpoch: state!.best.epoch,
    validationAccuracy: state!.best.validationAccuracy,
  });
  return "done";
}

/**
 * Trains one network by one method, in a run folder.
 *
 * A folder that holds this very run unfinished is continued from its last complete epoch, and comes out as if it had never been
 * interrupted; one that holds it finished is left as it is.
 *
 * @throws TrainerError `BAD_OPTION`, `UNKNOWN_NAME`, `MISSING_SIGNAL`, `CONFIG_MISMATCH` (the folder holds another run),
 * `NON_FINITE_LOSS`; whatever ends a run is also in its status.json.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  checkSettings(options);
  const { folder, data, batchSize, seed, generation, method, optimizer, teacher } = options;
  const [, ...input] = data.train.shape;
  const network = createModel(options.model, { input, classes: data.train.classes });
  const run = await openOrCreate(options);
  if (run.status.state === "done") return { folder, state: "done", reused: true };

  const largest = Math.max(data.validation.shape[0], data.test.shape[0]);
  const predictBatchSize = Math.min(PREDICT_BATCH, largest);
  const session = new Session({
    model: network,
    method,
    optimizer,
    batchSize,
    parts: options.parts ?? 1,
    predictBatchSize,
    initial: initialWeights(network, seed, generation),
    averageInitial:
      method.emaMode === "paper"
        ? initialWeights(network, seed, generation, "initialise-average")
        : undefined,
    teacher: teacher?.weights,
  });
  try {
    await run.setStatus("running");
    const normalise = channelStatistics(data.train);
    const order = { batchSize, seed, shuffle: true, dropLast: true, normalise };
    const loader = new Loader(data.train, order);
    const memory = method.init?.({ n: data.train.shape[0], k: data.train.classes }) ?? {};
    const made = { run, network, session, loader, normalise, memory, predictBatchSize };
    const context = { ...options, ...made };
    const state = await runEpochs(context);
    return { folder, state, reused: false };
  } catch (error) {
    await run.setStatus("failed", { error: (error as Error).message });
    throw error;
  } finally {
    session.dispose();
  }
}
