// What a run must remember to go on exactly where it was: everything on the engine, and what was best so far.
import type { Run, StoredTensor, TensorMap } from "@sd/runs";
import { packWeights, unpackWeights } from "./checkpoint.ts";
import { TrainerError } from "./errors.ts";
import type { Model } from "./models/model.ts";
import type { Arrays } from "./session.ts";

/** Where the engine's roles stand in a checkpoint: the weights under PyTorch's own names, the others behind a prefix. */
const PREFIXES: Readonly<Record<string, string>> = {
  weights: "",
  velocity: "optimizer.velocity.",
  ema: "ema.",
};

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

/** Writes the checkpoint `last`. The teacher is not part of it: it is another run's checkpoint. */
export async function saveState(
  run: Run,
  model: Model,
  values: Arrays,
  state: EpochState,
): Promise<void> {
  const tensors: Record<string, TensorMap[string]> = {};
  for (const [role, arrays] of Object.entries(byRole(values))) {
    const prefix = PREFIXES[role];
    if (prefix !== undefined) Object.assign(tensors, packWeights(model, arrays, prefix));
  }
  await run.saveCheckpoint("last", tensors, { state: JSON.stringify(state) });
}

/** Reads the checkpoint `last`: the values by the names they were saved from, and the state. */
export async function loadState(
  run: Run,
  model: Model,
): Promise<{ values: Arrays; state: EpochState }> {
  const { tensors, metadata } = await run.loadCheckpoint("last");
  const values: Record<string, Float32Array> = {};
  for (const [role, prefix] of Object.entries(PREFIXES)) {
    if (!Object.hasOwn(tensors, `${prefix}${model.parameters[0]!.name}`)) continue;
    for (const [name, value] of Object.entries(unpackWeights(model, tensors, prefix))) {
      values[`${role}/${name}`] = value;
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
  run: Pick<Run, "loadCheckpoint">,
  model: Model,
): Promise<Record<string, Float32Array>> {
  const { tensors }: { tensors: Record<string, StoredTensor> } = await run.loadCheckpoint("best");
  return unpackWeights(model, tensors);
}
