// The training loop. One direction: batches → signals → targets → step → predictions → metrics → checkpoint → the epoch's line.
import { channelStatistics, Loader } from "@sd/data";
import { accuracy, negativeLogLikelihood } from "@sd/metrics";
import type { Run } from "@sd/runs";
import { packWeights } from "./checkpoint.ts";
import { checkSettings, type TrainOptions } from "./config.ts";
import { initialWeights, type Model } from "./models/model.ts";
import { createModel } from "./models/table.ts";
import { predictDataset } from "./prediction.ts";
import { openOrCreate } from "./run-folder.ts";
import { Session } from "./session.ts";
import { type EpochState, loadBest, loadState, saveState, weightsOf } from "./state.ts";
import { type Context, trainEpoch } from "./train-epoch.ts";

/** How a run ended. */
export interface TrainResult {
  readonly folder: string;
  readonly state: "done" | "stopped";
  /** Whether the folder held the finished run already, and nothing was trained. */
  readonly reused: boolean;
}

/** How many images are predicted at once, at most. */
const PREDICT_BATCH = 250;

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

/** The session over the run's network, at the start of training. */
function createSession(options: TrainOptions, network: Model, predictBatchSize: number): Session {
  const { batchSize, seed, generation, method, optimizer, parts = 1, teacher } = options;
  const paper = method.emaMode === "paper";
  return new Session({
    model: network,
    method,
    optimizer,
    batchSize,
    parts,
    predictBatchSize,
    initial: initialWeights(network, seed, generation),
    averageInitial: paper
      ? initialWeights(network, seed, generation, "initialise-average")
      : undefined,
    teacher: teacher?.weights,
  });
}

/** Trains in a run folder that this process has open. */
async function trainIn(run: Run, options: TrainOptions): Promise<TrainResult["state"]> {
  const { data, batchSize, seed, method, augment } = options;
  const [, ...input] = data.train.shape;
  const network = createModel(options.model, { input, classes: data.train.classes });
  const largest = Math.max(data.validation.shape[0], data.test.shape[0]);
  const predictBatchSize = Math.min(PREDICT_BATCH, largest);
  const session = createSession(options, network, predictBatchSize);
  try {
    await run.setStatus("running");
    const normalise = channelStatistics(data.train);
    const loading = { batchSize, seed, shuffle: true, dropLast: true, normalise, augment };
    const loader = new Loader(data.train, loading);
    const memory = method.init?.({ n: data.train.shape[0], k: data.train.classes }) ?? {};
    const made = { run, network, session, loader, normalise, memory, predictBatchSize };
    return await runEpochs({ ...options, ...made });
  } finally {
    session.dispose();
  }
}

/**
 * Trains one network by one method, in a run folder.
 *
 * A folder that holds this very run unfinished is continued from its last complete epoch, and comes out as if it had never been
 * interrupted; one that holds it finished is left as it is.
 *
 * @throws TrainerError `BAD_OPTION`, `UNKNOWN_NAME`, `MISSING_SIGNAL`, `CONFIG_MISMATCH` (the folder holds another run),
 * `NON_FINITE_LOSS`; whatever ends a run is also in its status.json.
 * @throws RunError `ERR_LOCKED` where another process trains in the folder.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  checkSettings(options);
  const { folder } = options;
  const run = await openOrCreate(options);
  try {
    if (run.status.state === "done") return { folder, state: "done", reused: true };
    return { folder, state: await trainIn(run, options), reused: false };
  } catch (error) {
    await run.setStatus("failed", { error: (error as Error).message });
    throw error;
  } finally {
    await run.close();
  }
}
