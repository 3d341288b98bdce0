import type * as tf from "@tensorflow/tfjs";

/** One parameter in one step. */
export interface ParameterStep {
  readonly parameter: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** What the rule keeps of this parameter, by the names in `slots`. */
  readonly state: Readonly<Record<string, tf.Tensor>>;
  /** Whether weight decay applies to it. */
  readonly decays: boolean;
}

/** What a step makes of a parameter and of what is kept of it. */
export interface ParameterUpdate {
  readonly parameter: tf.Tensor;
  readonly state: Readonly<Record<string, tf.Tensor>>;
}

/**
 * How gradients become new parameters: a plain function of tensors, the same for each parameter.
 */
export interface UpdateRule {
  readonly name: string;
  /** The resolved options, as they go into a run's configuration. */
  readonly options: Readonly<Record<string, number | string | boolean>>;
  /** The tensors that are kept of each parameter, in its shape and zero at first. */
  readonly slots: readonly string[];
  /**
   * The numbers of a step, computed on the host in float64 and handed to {@link update} as scalars;
   * their names are always the same.
   *
   * @param step - The number of the step, counted from 1.
   */
  coefficients(learningRate: number, step: number): Readonly<Record<string, number>>;
  update(step: ParameterStep, coefficients: Readonly<Record<string, tf.Tensor>>): ParameterUpdate;
}
