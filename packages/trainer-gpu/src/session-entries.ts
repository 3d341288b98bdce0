// The steps of a session as plain functions of tensors: an engine may call or record them.
import type { ChannelStatistics } from "@sd/data";
import { softmaxCrossEntropy } from "@sd/tfjs-compile";
import * as tf from "@tensorflow/tfjs";
import { addTerms, type SignalInput } from "./loss-terms.ts";
import type { Method } from "./methods/method.ts";
import { EVALUATION, type Mode, type Model } from "./models/model.ts";
import type { Roles, Variables } from "./session-variables.ts";
import { clipByGlobalNorm } from "./update-rules/clip-by-global-norm.ts";
import type { GradientOptions } from "./update-rules/table.ts";
import type { UpdateRule } from "./update-rules/update-rule.ts";

/**
 * A part of a batch: images `[m, h, w, c]`, targets `[m, k]`, a weight a row `[m]`, and for the terms
 * of the loss the logits `[m, k]` of the signals.
 */
type BatchInputs = Record<"images" | "targets" | "weights", tf.Tensor> &
  Partial<Record<SignalInput, tf.Tensor>>;

/**
 * The last part of a batch, the decay of the moving average, and the coefficients of the update
 * rule.
 */
type StepInputs = BatchInputs & {
  emaDecay?: tf.Tensor;
  [coefficient: string]: tf.Tensor | undefined;
};

interface LossOutputs {
  [name: string]: tf.Tensor;
  loss: tf.Tensor;
  logits: tf.Tensor;
}

/** The steps by name. */
export type Entries = {
  /** The logits of each signal. */
  signals(inputs: { images: tf.Tensor }): Record<string, tf.Tensor>;
  /** One part of a batch that is not the last: its gradients are added up. */
  accumulate(inputs: BatchInputs): LossOutputs;
  /** The last part of a batch, or the whole: the parameters are updated. */
  trainStep(inputs: StepInputs): LossOutputs;
  /** The student's logits. */
  predict(inputs: { images: tf.Tensor }): { logits: tf.Tensor };
};

/** What {@link createEntries} takes. */
export interface EntryOptions {
  readonly model: Model;
  readonly rule: UpdateRule;
  readonly gradient: GradientOptions;
  readonly method: Pick<Method, "signals" | "terms" | "emaMode">;
  /** How many passes make one step. */
  readonly parts: number;
  /** Where images are pixels from 0 to 255. */
  readonly normalise?: ChannelStatistics | undefined;
}

type Gradients = Record<string, tf.Tensor>;

/** Training mode, in which a network of these variables updates its own buffers. */
const trainingMode = (variables: Variables): Mode => ({
  training: true,
  update: (name, value) => variables[name]!.assign(value),
});

/** Images as the network takes them. */
function prepare(images: tf.Tensor, normalise: ChannelStatistics | undefined): tf.Tensor4D {
  if (normalise === undefined) return images as tf.Tensor4D;
  const mean = normalise.mean.map((value) => 255 * value);
  const scale = normalise.std.map((value) => 1 / (255 * value));
  return tf.mul(tf.sub(images, mean), scale);
}

/** Loss, logits and gradients of a batch in training mode; the buffers are updated. */
function differentiate(
  { model, method, normalise }: EntryOptions,
  weights: Variables,
  inputs: BatchInputs,
): { outputs: LossOutputs; gradients: Gradients } {
  const { images, targets, weights: rowWeights } = inputs;
  const mode = trainingMode(weights);
  const names = model.parameters.map(({ name }) => name);
  let logits: tf.Tensor | undefined;
  const { value, grads } = tf.variableGrads(
    () => {
      // Kept, because the gradient's own scope would dispose it; as an output it is the caller's.
      logits = tf.keep(model.forward(weights, prepare(images, normalise), mode));
      const rows = softmaxCrossEntropy(logits as tf.Tensor2D, targets as tf.Tensor2D);
      const loss = tf.mean(tf.mul(rows, rowWeights)) as tf.Scalar;
      return addTerms(loss, method, logits as tf.Tensor2D, inputs);
    },
    names.map((name) => weights[name]!),
  );
  const gradients = names.map((name) => [name, grads[weights[name]!.name]!]);
  return { outputs: { loss: value, logits: logits! }, gradients: Object.fromEntries(gradients) };
}

/**
 * The mean of the gradients of all parts, of which `last` is the last; the sum starts again at 0.
 */
function meanOverParts(sums: Variables | undefined, last: Gradients, parts: number): Gradients {
  if (sums === undefined) return last;
  return Object.fromEntries(
    Object.entries(last).map(([name, gradient]) => {
      const mean = tf.div(tf.add(sums[name]!, gradient), parts);
      sums[name]!.assign(tf.zerosLike(sums[name]!));
      return [name, mean];
    }),
  );
}

/** Moves every parameter, and what the rule keeps of it. */
function applyUpdates(
  { model, rule, gradient: { withoutDecay = [] } }: EntryOptions,
  { weights, slots }: Roles,
  gradients: Gradients,
  coefficients: Record<string, tf.Tensor>,
): void {
  for (const { name, kind } of model.parameters) {
    const state = Object.fromEntries(rule.slots.map((slot) => [slot, slots[slot]![name]!]));
    const parameter = weights[name]!;
    const gradient = gradients[name]!;
    const decays = !withoutDecay.includes(kind);
    const updated = rule.update({ parameter, gradient, state, decays }, coefficients);
    parameter.assign(updated.parameter);
    for (const slot of rule.slots) state[slot]!.assign(updated.state[slot]!);
  }
}

/**
 * `e ← d e + (1 − d) w`, written so that d = 1 freezes and d = 0 copies exactly; a count is taken
 * over. In the mode `paper` buffers are left to the averaged network's own batches.
 */
function updateAverage(
  { parameters, buffers }: Model,
  { weights, signals }: Roles,
  decay: tf.Tensor,
  mode: Method["emaMode"],
): void {
  const average = signals.ema!;
  const covered = mode === "paper" ? [] : buffers;
  for (const { name, averaged } of [
    ...parameters.map((p) => ({ ...p, averaged: true })),
    ...covered,
  ]) {
    const value = weights[name]!;
    const mixed = (): tf.Tensor =>
      tf.add(tf.mul(average[name]!, decay), tf.mul(value, tf.sub(1, decay)));
    average[name]!.assign(averaged ? mixed() : tf.clone(value));
  }
}

/**
 * The steps over the variables of `roles`. Teacher, moving average and predictions are in
 * evaluation mode; but the moving average of the mode `paper` is in training mode.
 */
export function createEntries(options: EntryOptions, roles: Roles): Entries {
  const { model, gradient, parts, normalise } = options;
  const { emaMode } = options.method;
  const { weights, signals, gradients: sums } = roles;
  const predict = (of: Variables, images: tf.Tensor, mode: Mode = EVALUATION): tf.Tensor =>
    model.forward(of, prepare(images, normalise), mode);
  const modeOf = (signal: string, of: Variables): Mode =>
    signal === "ema" && emaMode === "paper" ? trainingMode(of) : EVALUATION;

  return {
    signals: ({ images }) =>
      Object.fromEntries(
        Object.entries(signals).map(([name, of]) => [name, predict(of, images, modeOf(name, of))]),
      ),

    accumulate(inputs) {
      const { outputs, gradients } = differentiate(options, weights, inputs);
      for (const [name, sum] of Object.entries(sums!)) sum.assign(tf.add(sum, gradients[name]!));
      return outputs;
    },

    trainStep(inputs) {
      const { outputs, gradients: last } = differentiate(options, weights, inputs);
      const mean = meanOverParts(sums, last, parts);
      const { clipNorm } = gradient;
      const gradients = clipNorm === undefined ? mean : clipByGlobalNorm(mean, clipNorm);
      applyUpdates(options, roles, gradients, inputs as Record<string, tf.Tensor>);
      if (signals.ema) updateAverage(model, roles, inputs.emaDecay!, emaMode);
      return outputs;
    },

    predict: ({ images }) => ({ logits: predict(weights, images) }),
  };
}
