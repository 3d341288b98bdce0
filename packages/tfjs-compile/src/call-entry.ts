// Calls a user's step and puts what goes wrong in it under its name.
import * as tf from "@tensorflow/tfjs";
import { ProgramError } from "./errors.ts";
import { listed } from "./inputs.ts";
import type { Entry, Tensors } from "./program.ts";

/** Registered variables by name; tfjs keeps them for optimisers. */
export const registeredVariables = (): Readonly<Record<string, tf.Variable>> =>
  tf.engine().state.registeredVariables;

/**
 * The outputs of `step`, checked. Errors other than {@link ProgramError} come back wrapped in one.
 * Variables that the step created are disposed and refused: they would not belong to the program.
 */
export function callEntry(entry: string, step: Entry, inputs: Tensors): Tensors {
  const before = new Set(Object.values(registeredVariables()));
  const missing = new Set<string>();
  let outputs: unknown;
  try {
    outputs = (step as (inputs: Tensors) => unknown)(noting(inputs, missing));
  } catch (cause) {
    disposeCreated(before);
    throw asProgramError(entry, cause, Object.keys(inputs), [...missing]);
  }
  const created = disposeCreated(before);
  if (created.length > 0) {
    const message =
      `it created the variable ${listed(created)}, as tfjs's optimisers do; ` +
      "declare what outlives a step in `variables`";
    throw new ProgramError("ERR_CREATED_VARIABLE", message, { entry });
  }
  return checkedOutputs(entry, outputs);
}

/** `inputs`, where reading a name that is not there is noted. */
function noting(inputs: Tensors, missing: Set<string>): Tensors {
  return new Proxy(inputs, {
    get(target, name) {
      if (typeof name === "string" && !Object.hasOwn(target, name)) missing.add(name);
      return Reflect.get(target, name);
    },
  });
}

function disposeCreated(before: ReadonlySet<tf.Variable>): string[] {
  const created = Object.entries(registeredVariables()).filter(([, v]) => !before.has(v));
  for (const [, variable] of created) variable.dispose();
  return created.map(([name]) => name);
}

function asProgramError(
  entry: string,
  cause: unknown,
  given: readonly string[],
  missing: readonly string[],
): ProgramError {
  if (cause instanceof ProgramError) return cause;
  if (missing.length > 0) {
    const message = `it reads the inputs ${listed(missing)}, but was given ${listed(given)}`;
    return new ProgramError("ERR_INPUT_NAMES", message, { entry, cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ProgramError("ERR_STEP_FAILED", reason, { entry, cause });
}

function checkedOutputs(entry: string, outputs: unknown): Tensors {
  if (typeof (outputs as { then?: unknown } | undefined)?.then === "function") {
    const message = "a step must be synchronous, it returned a promise";
    throw new ProgramError("ERR_ASYNC_STEP", message, { entry });
  }
  if (typeof outputs !== "object" || outputs === null || outputs instanceof tf.Tensor) {
    const message = "expected an object of named tensors as its result, such as { loss }";
    throw new ProgramError("ERR_OUTPUT", message, { entry });
  }
  for (const [name, value] of Object.entries(outputs)) {
    if (value instanceof tf.Tensor && !value.isDisposed) continue;
    const message = `expected output \`${name}\` to be a tensor that is not disposed`;
    throw new ProgramError("ERR_OUTPUT", message, { entry });
  }
  return outputs as Tensors;
}
