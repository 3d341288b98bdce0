// A run from where it stands to its end: epoch after epoch, each judged on the validation set and made to last.
import { accuracy, negativeLogLikelihood } from "@sd/metrics";
import { unpackWeights } from "./checkpoint.ts";
import { improves, scoreOf } from "./criterion.ts";
import { TrainerError } from "./errors.ts";
import { predictDataset } from "./prediction.ts";
import {
  type EpochMetrics,
  lastEpoch,
  loadState,
  metricsOf,
  saveBest,
  saveState,
  type TrainingState,
} from "./state.ts";
import { type Context, trainEpoch, trainingMetrics } from "./train-epoch.ts";

/** Where training stands, and the best epoch so far, which the checkpoint `best` knows. */
interface Progress {
  readonly state: TrainingState;
  readonly best: EpochMetrics | undefined;
}

/** Predicts the validation set: the numbers that an epoch is judged by. */
async function validate({
  session,
  data,
  predictBatchSize,
  evaluate,
}: Context): Promise<{ validationAccuracy: number; validationNll: number }> {
  const { logits, labels, shape } = await predictDataset(
    session,
    data.validation,
    predictBatchSize,
    evaluate,
  );
  return {
    validationAccuracy: accuracy(logits, labels, shape),
    validationNll: negativeLogLikelihood(logits, labels, shape),
  };
}

/** Makes the state last, in the checkpoint `last`. */
async function save(context: Context, state: TrainingState): Promise<void> {
  const { run, network, session, memory, keepLast = 2 } = context;
  await saveState(run, network, { values: await session.read(), memory, state, keep: keepLast });
}

/** The epoch that early stopping counts from, after an epoch of these numbers. */
function nextReference(
  { earlyStopping, bestBy = "accuracy" }: Context,
  { reference }: TrainingState,
  metrics: EpochMetrics,
): TrainingState["reference"] {
  if (earlyStopping === undefined) return undefined;
  const { metric = bestBy, minDelta } = earlyStopping;
  const score = scoreOf(metric, metrics);
  const improved = improves(metric, score, reference?.score, minDelta);
  return improved ? { epoch: metrics.epoch, score } : reference;
}

/** Judges a complete epoch and makes it last. */
async function finishEpoch(
  context: Context,
  { state: before, best }: Progress,
  metrics: EpochMetrics,
): Promise<Progress> {
  const { run, network, session, bestBy = "accuracy" } = context;
  const score = scoreOf(bestBy, metrics);
  const improved = improves(bestBy, score, best && scoreOf(bestBy, best));
  if (improved) await saveBest(run, network, { values: await session.read(), metrics });
  const state = { metrics, reference: nextReference(context, before, metrics) };
  await save(context, state);
  await run.appendMetrics(metrics);
  return { state, best: improved ? metrics : best };
}

/** Trains the next epoch, or what is left of it; `stopped` where it was told to. */
async function runEpoch(context: Context, progress: Progress): Promise<Progress | "stopped"> {
  const { epochs, loader } = context;
  const { partial, ...before } = progress.state;
  const epoch = lastEpoch(before) + 1;
  const { sums, complete } = await trainEpoch(context, epoch, partial);
  if (!complete) {
    // Where no step was made, the checkpoint says so already.
    if (sums.step > (partial?.step ?? 0)) await save(context, { ...before, partial: sums });
    const { step } = sums;
    await context.run.setStatus("stopped", { epoch, step, steps: loader.batchesPerEpoch });
    return "stopped";
  }
  const metrics = { epoch, ...trainingMetrics(sums), ...(await validate(context)) };
  const next = await finishEpoch(context, progress, metrics);
  const steps = loader.batchesPerEpoch;
  const { trainLoss: loss, imagesPerSecond } = metrics;
  context.onProgress?.({ epoch, epochs, step: steps, steps, loss, imagesPerSecond, metrics });
  return next;
}

/** Puts back what the run's last checkpoint holds; the start of training where there is none. */
async function restore(context: Context): Promise<Progress> {
  const { run, network, session, memory, warn } = context;
  const saved = await loadState(run, network, memory, warn);
  if (saved === undefined) {
    await run.truncateMetrics(-1);
    return { state: {}, best: undefined };
  }
  const { values, state } = saved;
  session.write(values);
  const rows = await run.truncateMetrics(lastEpoch(state));
  // The line is written after the checkpoint: a kill between the two leaves it to be written now.
  if (state.metrics !== undefined && rows.at(-1)?.epoch !== state.metrics.epoch) {
    await run.appendMetrics(state.metrics);
  }
  const best = await loadBestOf(context);
  return { state, best: best?.metrics };
}

/** The newest checkpoint `best` that is whole. */
async function loadBestOf({
  run,
  network,
  warn,
}: Context): Promise<{ weights: Record<string, Float32Array>; metrics: EpochMetrics } | undefined> {
  const checkpoint = await run.loadNewestCheckpoint("best", {
    onDamaged: ({ message }) => warn(`${message}; taking the best epoch before it`),
  });
  if (checkpoint === undefined) return undefined;
  const { tensors, metadata } = checkpoint;
  return { weights: unpackWeights(network, tensors), metrics: metricsOf(metadata) };
}

/** Predicts with the best checkpoint, and keeps the logits for every metric ever wanted. */
async function savePredictions(context: Context): Promise<EpochMetrics> {
  const { run, session, data, predictBatchSize, evaluate, predictTrain = false } = context;
  const best = await loadBestOf(context);
  if (best === undefined) {
    throw new TrainerError("BAD_CHECKPOINT", `${run.folder}: no checkpoint \`best\``);
  }
  const values = Object.entries(best.weights).map(([k, v]) => [`weights/${k}`, v]);
  session.write(Object.fromEntries(values));
  const splits = ["validation", "test", ...(predictTrain ? (["train"] as const) : [])] as const;
  for (const split of splits) {
    const predictions = await predictDataset(session, data[split], predictBatchSize, evaluate);
    await run.savePredictions(split, predictions);
  }
  return best.metrics;
}

/** Whether early stopping ends the run where it stands. */
function isExhausted({ earlyStopping }: Context, state: TrainingState): boolean {
  if (earlyStopping === undefined || state.reference === undefined) return false;
  return lastEpoch(state) - state.reference.epoch >= earlyStopping.patience;
}

/** Goes on with a run; how it ended is in its status, too. */
export async function runEpochs(context: Context): Promise<"done" | "stopped"> {
  const { run, epochs } = context;
  let progress = await restore(context);
  const isOver = (): boolean => isExhausted(context, progress.state);
  while (lastEpoch(progress.state) + 1 < epochs && !isOver()) {
    const next = await runEpoch(context, progress);
    if (next === "stopped") return "stopped";
    progress = next;
  }
  const { epoch: bestEpoch, validationAccuracy, validationNll } = await savePredictions(context);
  const early = isOver() ? { stoppedEarly: true, epochs: lastEpoch(progress.state) + 1 } : {};
  await run.setStatus("done", { bestEpoch, validationAccuracy, validationNll, ...early });
  return "done";
}
