// Writes a recording as a SavedModel that stands on its own: the variables' values are in the graph.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProgramError } from "./errors.ts";
import { frozenVariable, type GraphVariable, recordingGraph } from "./graph.ts";
import { type SignatureTensor, savedModelBytes } from "./graph-def.ts";
import { DType, type Values } from "./node-backend.ts";
import type { Recording } from "./recording.ts";
import { Draft } from "./rewriting/draft.ts";

/**
 * Writes `saved_model.pb` into a folder, which is made where it is missing.
 *
 * @throws {@link ProgramError} `ERR_EXPORT` for a step that assigns variables.
 */
export function exportRecording(
  folder: string,
  recording: Recording,
  variables: readonly GraphVariable[],
  values: readonly Values[],
): void {
  checkExportable(recording);
  const frozen = frozenVariable(variables, values);
  const { nodes, endpoints } = recordingGraph(
    "step",
    { ...recording, xla: false },
    variables,
    frozen,
  );
  const draft = new Draft(recording, variables);
  const inputs = [...recording.inputs].map(([name, { shape, dtype }], i) => [
    name,
    { tensor: `${endpoints.inputs[i]}:0`, dtype: DType[dtype], shape },
  ]);
  const outputs = recording.outputs.map(({ name, ref, dtype }, i) => [
    name,
    { tensor: `${endpoints.outputs[i]}:0`, dtype, shape: draft.typeOf(ref).shape },
  ]);
  const named = (list: unknown[][]): Record<string, SignatureTensor> => Object.fromEntries(list);
  mkdirSync(folder, { recursive: true });
  const model = savedModelBytes(nodes, { inputs: named(inputs), outputs: named(outputs) });
  writeFileSync(join(folder, "saved_model.pb"), model);
}

function checkExportable({ entry, updates, outputs }: Recording): void {
  if (updates.length > 0) {
    const message = "it assigns variables, and an exported model has constants in their place";
    throw new ProgramError("ERR_EXPORT", message, { entry });
  }
  if (outputs.length === 0) {
    throw new ProgramError("ERR_EXPORT", "it has no outputs", { entry });
  }
}
