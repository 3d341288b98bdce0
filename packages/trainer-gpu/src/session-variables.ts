// The variables of a session: what lives on the engine from step to step. Each is named
// `role/tensor`.
import * as tf from "@tensorflow/tfjs";
import { TrainerError } from "./errors.ts";
import type { Signal } from "./methods/method.ts";
import { type Model, sizeOf, type TensorSpec } from "./models/model.ts";
import type { UpdateRule } from "./update-rules/update-rule.ts";

/** The tensors' values by name, row-major in the shapes of the model. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** Variables by the names of the model's tensors. */
export type Variables = Readonly<Record<string, tf.Variable>>;

/**
 * The variables by role; a network's are its parameters and buffers, the others have one a
 * parameter.
 */
export interface Roles {
  readonly weights: Variables;
  /** The networks that signals come from. */
  readonly signals: Readonly<Partial<Record<Signal, Variables>>>;
  /** What the update rule keeps, by slot. */
  readonly slots: Readonly<Record<string, Variables>>;
  /** The gradients of the parts of a batch so far, where it is taken in parts. */
  readonly gradients?: Variables | undefined;
}

/** What {@link createRoles} takes. */
export interface RoleOptions {
  readonly model: Model;
  readonly rule: UpdateRule;
  readonly signals: readonly Signal[];
  readonly initial: Arrays;
  readonly averageInitial?: Arrays | undefined;
  readonly teacher?: Arrays | undefined;
  /** Whether gradients are added up over several passes. */
  readonly accumulates: boolean;
}

/** A variable for each tensor, with its values. */
export function createVariables(
  specs: readonly TensorSpec[],
  valuesOf: (name: string, size: number) => Float32Array | undefined,
): Variables {
  return Object.fromEntries(
    specs.map(({ name, shape }) => {
      const size = sizeOf(shape);
      const value = valuesOf(name, size);
      if (value === undefined || value.length !== size) {
        throw new TrainerError(
          "BAD_CHECKPOINT",
          `tensor \`${name}\`: expected ${size} numbers, got ${value?.length ?? "none"}`,
        );
      }
      return [name, tf.tidy(() => tf.variable(tf.tensor(value, [...shape])))];
    }),
  );
}

/** Makes the variables; the moving average starts as a copy of the student, or where it is told to. */
export function createRoles(options: RoleOptions): Roles {
  const { model, rule, signals, initial, accumulates } = options;
  const networkOf = (values: Arrays | undefined): Variables =>
    createVariables([...model.parameters, ...model.buffers], (name) => values?.[name]);
  const zeros = (): Variables =>
    createVariables(model.parameters, (_, size) => new Float32Array(size));
  const values = { ema: options.averageInitial ?? initial, teacher: options.teacher };
  return {
    weights: networkOf(initial),
    signals: Object.fromEntries(signals.map((signal) => [signal, networkOf(values[signal])])),
    slots: Object.fromEntries(rule.slots.map((slot) => [slot, zeros()])),
    gradients: accumulates ? zeros() : undefined,
  };
}

/**
 * All variables by their full names: `weights/…`, `ema/…`, `teacher/…`, `optimizer.<slot>/…`,
 * `gradients/…`.
 */
export function nameVariables({ weights, signals, slots, gradients = {} }: Roles): Variables {
  const groups: [string, Variables][] = [
    ["weights", weights],
    ...Object.entries(signals),
    ...Object.entries(slots).map(([slot, of]): [string, Variables] => [`optimizer.${slot}`, of]),
    ["gradients", gradients],
  ];
  const named = groups.flatMap(([role, variables]) =>
    Object.entries(variables).map(([name, variable]) => [`${role}/${name}`, variable]),
  );
  return Object.fromEntries(named);
}
