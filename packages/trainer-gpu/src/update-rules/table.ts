import { lookUp, requireOption } from "../errors.ts";
import type { ParameterKind } from "../models/model.ts";
import { type AdamWOptions, adamw } from "./adamw.ts";
import { type MomentumOptions, momentum } from "./momentum.ts";
import type { UpdateRule } from "./update-rule.ts";

/**
 * The update rules by name. A new one is a file beside this, a row here, and a line in {@link
 * UpdateOptions}.
 */
export const updateRules: Readonly<Record<string, (options: never) => UpdateRule>> = {
  momentum,
  adamw,
};

/** What every rule can be combined with. */
export interface GradientOptions {
  /** The kinds of parameters without weight decay. @defaultValue none: all parameters decay */
  readonly withoutDecay?: readonly ParameterKind[];
  /** The largest norm of all gradients together. @defaultValue not limited */
  readonly clipNorm?: number;
}

/** An update rule by its name, with its options. */
export type UpdateOptions = GradientOptions &
  (
    | ({ /** @defaultValue "momentum" */ readonly name?: "momentum" } & MomentumOptions)
    | ({ readonly name: "adamw" } & AdamWOptions)
  );

/** An update rule and its learning rate, which a schedule multiplies. */
export type OptimizerOptions = UpdateOptions & { readonly learningRate: number };

const KINDS: readonly ParameterKind[] = ["weight", "bias", "norm"];

/**
 * Makes the update rule that `options` name.
 *
 * @throws TrainerError `UNKNOWN_NAME` for a name that is not a rule, `BAD_OPTION`.
 */
export function createUpdateRule(options: UpdateOptions): UpdateRule {
  const { name = "momentum", withoutDecay = [], clipNorm } = options;
  const known = withoutDecay.every((kind) => KINDS.includes(kind));
  requireOption("withoutDecay", withoutDecay, `some of ${KINDS.join(", ")}`, known);
  const positive = clipNorm === undefined || (clipNorm > 0 && clipNorm < Infinity);
  requireOption("clipNorm", clipNorm, "a positive number", positive);
  return lookUp(updateRules, "optimizer", name)(options as never);
}

/** The options with all defaults, as they go into a run's configuration. */
export function resolveOptimizer(options: OptimizerOptions): object {
  const { name, options: own } = createUpdateRule(options);
  const { learningRate, withoutDecay = [], clipNorm } = options;
  return {
    name,
    learningRate,
    ...own,
    withoutDecay,
    ...(clipNorm === undefined ? {} : { clipNorm }),
  };
}
