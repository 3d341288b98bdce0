// What a run must remember to go on exactly where it was: everything on the engine, what the method
// remembers, and what was best so far.
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

/** A complete epoch. */
export interface EpochState {
  readonly epoch: number;
  /** The line of metrics.jsonl. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly best: { readonly epoch: number; readonly validationAccuracy: number };
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

/** Writes the checkpoint `last`. */
export async function saveState(
  run: Run,
  model: Model,
  { values, memory, state }: { values: Arrays; memory: MethodState; state: EpochState },
): Promise<void> {
  const tensors: Record<string, TensorMap[string]> = packMemory(memory);
  for (const [role, arrays] of Object.entries(byRole(values))) {
    if (role === "weights") Object.assign(tensors, packWeights(model, arrays));
    if (!KEPT.test(`${role}.`)) continue;
    Object.assign(tensors, packWeights(tensorsOf(model, role), arrays, `${role}.`));
  }
  await run.saveCheckpoint("last", tensors, { state: JSON.stringify(state) });
}

/**
 * Reads the checkpoint `last`: the values by the names they were saved from, and the state. The
 * method's memory is put into the arrays of `memory`.
 */
export async function loadState(
  run: Run,
  model: Model,
  memory: MethodState,
): Promise<{ values: Arrays; state: EpochState }> {
  const { tensors, metadata } = await run.loadCheckpoint("last");
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
  return { values, state: JSON.parse(metadata.state) as EpochState };
}

/** The student's weights among the values of a session. */
export const weightsOf = (values: Arrays): Arrays => byRole(values).weights ?? {};

/** The checkpoint with the best validation accuracy, as a network's weights. */
export async function loadBest(
  run: Pick<RunRecord, "loadCheckpoint">,
  model: Model,
): Promise<Record<string, Float32Array>> {
  const { tensors }: { tensors: Record<string, StoredTensor> } = await run.loadCheckpoint("best");
  return unpackWeights(model, tensors);
}
