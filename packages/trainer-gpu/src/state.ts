// What a run must remember to go on exactly where it was: everything on the engine, what the method
// remembers, and how far it is.
import type { Run, RunRecord, StoredTensor, TensorMap } from "@sd/runs";
import { packWeights, unpackWeights } from "./checkpoint.ts";
import { TrainerError } from "./errors.ts";
import { packMemory, restoreMemory } from "./method-memory.ts";
import type { MethodState } from "./methods/method.ts";
import type { Model } from "./models/model.ts";
import type { Arrays } from "./session-variables.ts";

/**
 * The roles that a checkpoint holds besides the weights, which stand under PyTorch's own names. The
 * teacher is another run's.
 */
const KEPT = /^(ema|optimizer\.\w+)\./;

/**
 * A parameter at a time is kept of the optimiser's state; the moving average is a network of its
 * own.
 */
const tensorsOf = (model: Model, role: string): Pick<Model, "parameters" | "buffers"> =>
  role.startsWith("optimizer.") ? { parameters: model.parameters, buffers: [] } : model;

/** The line of metrics.jsonl of an epoch. */
export type EpochMetrics = Readonly<Record<string, number>> & { readonly epoch: number };

/** Sums over the steps of an epoch so far. */
export interface EpochSums {
  /** How many steps are done. */
  readonly step: number;
  readonly rows: number;
  readonly lossSum: number;
  readonly correct: number;
  /** Of the last step. */
  readonly learningRate: number;
  readonly seconds: number;
}

/** Where training stands. */
export interface TrainingState {
  /** The last complete epoch's line; absent before the first is complete. */
  readonly metrics?: EpochMetrics | undefined;
  /** The epoch after it, as far as it was done when training was stopped. */
  readonly partial?: EpochSums | undefined;
  /** The epoch that early stopping counts from, and its score. */
  readonly reference?: { readonly epoch: number; readonly score: number } | undefined;
}

/** The last complete epoch; −1 before the first is. */
export const lastEpoch = ({ metrics }: TrainingState): number => metrics?.epoch ?? -1;

/** The values that a run goes on with. */
interface Values {
  readonly values: Arrays;
  readonly state: TrainingState;
}

/** Splits `role/parameter` names by role. */
function byRole(values: Arrays): Record<string, Record<string, Float32Array>> {
  const roles: Record<string, Record<string, Float32Array>> = {};
  for (const [name, value] of Object.entries(values)) {
    const [role, parameter] = name.split("/") as [string, string];
    roles[role] ??= {};
    roles[role][parameter] = value;
  }
  return roles;
}

/** Writes the checkpoint `last`, and keeps those before it. */
export async function saveState(
  run: Run,
  model: Model,
  { values, memory, state, keep }: Values & { memory: MethodState; keep: number },
): Promise<void> {
  const tensors: Record<string, TensorMap[string]> = packMemory(memory);
  for (const [role, arrays] of Object.entries(byRole(values))) {
    if (role === "weights") Object.assign(tensors, packWeights(model, arrays));
    if (!KEPT.test(`${role}.`)) continue;
    Object.assign(tensors, packWeights(tensorsOf(model, role), arrays, `${role}.`));
  }
  await run.saveCheckpoint("last", tensors, { metadata: { state: JSON.stringify(state) }, keep });
}

/**
 * Reads the newest checkpoint `last` that is whole: the values by the names they were saved from,
 * and the state. The method's memory is put into the arrays of `memory`.
 *
 * @returns undefined where none was saved.
 */
export async function loadState(
  run: Run,
  model: Model,
  memory: MethodState,
  warn: (message: string) => void,
): Promise<Values | undefined> {
  const checkpoint = await run.loadNewestCheckpoint("last", {
    onDamaged: ({ message }) => warn(`${message}; going on from the checkpoint before it`),
  });
  if (checkpoint === undefined) return undefined;
  const { tensors, metadata } = checkpoint;
  const values: Record<string, Float32Array> = {};
  const put = (role: string, arrays: Arrays): void => {
    for (const [name, value] of Object.entries(arrays)) values[`${role}/${name}`] = value;
  };
  put("weights", unpackWeights(model, tensors));
  restoreMemory(memory, tensors);
  const roles = Object.keys(tensors).map((name) => KEPT.exec(name)?.[1]);
  for (const role of new Set(roles)) {
    if (role !== undefined) {
      put(role, unpackWeights(tensorsOf(model, role), tensors, `${role}.`));
    }
  }
  if (metadata.state === undefined) {
    throw new TrainerError("BAD_CHECKPOINT", `${run.folder}: checkpoint \`last\` has no state`);
  }
  return { values, state: JSON.parse(metadata.state) as TrainingState };
}

/** The student's weights among the values of a session. */
const weightsOf = (values: Arrays): Arrays => byRole(values).weights ?? {};

/** Writes the checkpoint `best`, with the epoch's line, and keeps the one before it. */
export async function saveBest(
  run: Run,
  model: Model,
  { values, metrics }: { values: Arrays; metrics: EpochMetrics },
): Promise<void> {
  const { seconds, imagesPerSecond, ...lasting } = metrics;
  const metadata = { epoch: String(metrics.epoch), metrics: JSON.stringify(lasting) };
  await run.saveCheckpoint("best", packWeights(model, weightsOf(values)), { metadata, keep: 2 });
}

/** The line of the epoch that a checkpoint `best` is of. */
export const metricsOf = (metadata: Readonly<Record<string, string>>): EpochMetrics =>
  JSON.parse(metadata.metrics ?? "{}") as EpochMetrics;

/** The checkpoint with the best validation score, as a network's weights. */
export async function loadBest(
  run: Pick<RunRecord, "loadCheckpoint">,
  model: Model,
): Promise<Record<string, Float32Array>> {
  const { tensors }: { tensors: Record<string, StoredTensor> } = await run.loadCheckpoint("best");
  return unpackWeights(model, tensors);
}
