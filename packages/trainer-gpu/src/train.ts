// A run: its folder, its network and its loader are made ready, and it is trained to its end.
import { type ChannelStatistics, channelStatistics, PrefetchLoader } from "@sd/data";
import type { Run } from "@sd/runs";
import { checkSettings, isAugmented, type TrainOptions } from "./config.ts";
import { TrainerError } from "./errors.ts";
import { trainedShape } from "./image-shape.ts";
import type { Signal } from "./methods/method.ts";
import { initialWeights, type Model } from "./models/model.ts";
import { createModel } from "./models/table.ts";
import { runEpochs } from "./run-epochs.ts";
import { isFinished, openOrCreate, tellChanges } from "./run-folder.ts";
import { Session } from "./session.ts";
import type { Arrays } from "./session-variables.ts";
import { isNetwork, type LogitTeacher, openTeacher } from "./teachers/teacher.ts";

/** How a run ended. */
export interface TrainResult {
  readonly folder: string;
  readonly state: "done" | "stopped";
  /** Whether the folder held the finished run already, and nothing was trained. */
  readonly reused: boolean;
}

/** How many images are predicted at once, at most. */
const PREDICT_BATCH = 250;

/** The teacher's weights where it is the same network as the student, and lives on the engine beside it. */
function twinOf({ teacher, model }: TrainOptions): Arrays | undefined {
  if (teacher === undefined || !isNetwork(teacher)) return undefined;
  return (teacher.model ?? model) === model ? teacher.weights : undefined;
}

/** Any other teacher, ready to be asked, where the method asks one. */
function openOther(options: TrainOptions, network: Model): LogitTeacher | undefined {
  const { teacher, method, model, batchSize } = options;
  const asked = method.signals.includes("teacher") && twinOf(options) === undefined;
  if (teacher === undefined || !asked) return undefined;
  const { input, classes } = network;
  return openTeacher(teacher, { model, input, classes, batchSize });
}

/** The session over the run's network, at the start of training. */
function createSession(
  options: TrainOptions,
  network: Model,
  predictBatchSize: number,
  given: readonly Signal[],
  normalise: ChannelStatistics,
): Session {
  const { batchSize, seed, generation, method, optimizer, augment, parts = 1 } = options;
  const { mix } = augment ?? {};
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
    teacher: twinOf(options),
    given,
    normalise,
    images: mix === undefined || mix.keepsBytes ? "bytes" : "numbers",
  });
}

/** Trains in a run folder that this process has open. */
async function trainIn(run: Run, options: TrainOptions): Promise<TrainResult["state"]> {
  const { data, batchSize, seed, method, augment } = options;
  const { onWarning: warn = (message: string) => process.emitWarning(message) } = options;
  const network = createModel(options.model, trainedShape(options));
  const largest = Math.max(data.validation.shape[0], data.test.shape[0]);
  const predictBatchSize = Math.min(PREDICT_BATCH, largest);
  const taught = openOther(options, network);
  const given = taught === undefined ? [] : (["teacher"] as const);
  const normalise = channelStatistics(data.train);
  const session = createSession(options, network, predictBatchSize, given, normalise);
  const { workers = isAugmented(augment) ? 1 : 0 } = options;
  const loading = { batchSize, seed, shuffle: true, dropLast: true, augment, workers };
  const loader = new PrefetchLoader(data.train, loading);
  try {
    if (run.status.state !== "queued") tellChanges(run, options, warn);
    await run.setStatus("running");
    const memory = method.init?.({ n: data.train.shape[0], k: data.train.classes }) ?? {};
    const made = {
      run,
      network,
      session,
      loader,
      normalise,
      memory,
      predictBatchSize,
      taught,
      warn,
    };
    return await runEpochs({ ...options, ...made });
  } finally {
    await loader.close();
    session.dispose();
    // A teacher that was handed in open stays open.
    if (taught !== options.teacher) taught?.dispose?.();
  }
}

/** Says in status.json why the run failed. */
async function tellFailure(run: Run, error: Error): Promise<void> {
  const file = error instanceof TrainerError ? error.file : undefined;
  try {
    await run.setStatus("failed", { error: error.message, ...(file ? { batch: file } : {}) });
  } catch {
    // A full disk has no room for this either; the first error is the one to know.
  }
}

/**
 * Trains one network by one method, in a run folder.
 *
 * A folder that holds this very run unfinished is continued, from the step after which it was stopped, or from its last complete
 * epoch where it was killed, and comes out as if it had never been interrupted; one that holds it finished is left as it is.
 *
 * @throws TrainerError `BAD_OPTION`, `UNKNOWN_NAME`, `MISSING_SIGNAL`, `CONFIG_MISMATCH` (the folder holds another run),
 * `NON_FINITE_LOSS` with the batch's `file`, `BAD_CHECKPOINT`; whatever ends a run is also in its status.json.
 * @throws RunError `ERR_LOCKED` where another process trains in the folder, `ERR_NO_SPACE` where the disk is full, `ERR_BAD_FILE`
 * where every checkpoint `last` is damaged.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  checkSettings(options);
  const { folder } = options;
  if (await isFinished(options)) return { folder, state: "done", reused: true };
  const run = await openOrCreate(options);
  try {
    // Another process may have finished it in between.
    if (run.status.state === "done") return { folder, state: "done", reused: true };
    return { folder, state: await trainIn(run, options), reused: false };
  } catch (error) {
    await tellFailure(run, error as Error);
    throw error;
  } finally {
    await run.close();
  }
}
