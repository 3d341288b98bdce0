// One network in training: its variables on the engine, and the three steps over them.
import { compileProgram, type Program, softmaxCrossEntropy } from "@sd/tfjs-compile";
import * as tf from "@tensorflow/tfjs";
import { TrainerError } from "./errors.ts";
import type { Method, Signal, Signals } from "./methods/method.ts";
import type { Model, Weights } from "./models/model.ts";
import { type MomentumOptions, momentumUpdate } from "./update-rules/momentum.ts";

/** The parameters' values by name, row-major in the shapes of the model. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** What a session is made of. */
export interface SessionOptions {
  readonly model: Model;
  readonly method: Pick<Method, "name" | "signals">;
  readonly momentum: MomentumOptions;
  readonly batchSize: number;
  readonly predictBatchSize: number;
  /** Where training starts. */
  readonly initial: Arrays;
  /** The teacher's weights, where the method has the signal `teacher`. */
  readonly teacher?: Arrays | undefined;
  /** Record the steps where the engine can, or always call them. @defaultValue "auto" */
  readonly mode?: "auto" | "eager";
}

/** The inputs of one optimiser step, on the host. */
export interface StepInputs {
  /** `[m, h, w, c]` */
  readonly images: Float32Array;
  /** `[m, k]` */
  readonly targets: Float32Array;
  /** `[m]`, 1 where absent. */
  readonly weights?: Float32Array | undefined;
  readonly learningRate: number;
  /** The moving average keeps this share of itself; read only with the signal `ema`. */
  readonly emaDecay?: number | undefined;
}

/** What a step returns: the weighted mean loss before the update, and the logits it came from. */
export interface StepResult {
  readonly loss: number;
  readonly logits: Float32Array;
}

/** The roles a variable can have; each name is `role/parameter`. */
type Role = "weights" | "velocity" | Signal;

interface TrainInputs {
  images: tf.Tensor;
  targets: tf.Tensor;
  weights: tf.Tensor;
  learningRate: tf.Tensor;
  emaDecay: tf.Tensor;
}

type Entries = {
  signals(inputs: { images: tf.Tensor }): Record<string, tf.Tensor>;
  trainStep(inputs: TrainInputs): { loss: tf.Tensor; logits: tf.Tensor };
  predict(inputs: { images: tf.Tensor }): { logits: tf.Tensor };
};

type Variables = Record<string, tf.Variable>;

/** The entries over `variables`, as plain functions of tensors: an engine may call or record them. */
function createEntries(
  { model, method, momentum }: SessionOptions,
  variables: Record<Role, Variables | undefined>,
): Entries {
  const weights = variables.weights!;
  const velocity = variables.velocity!;
  const forward = (of: Weights, images: tf.Tensor): tf.Tensor =>
    model.forward(of, images as tf.Tensor4D);

  return {
    signals: ({ images }) =>
      Object.fromEntries(
        method.signals.map((signal) => [signal, forward(variables[signal]!, images)]),
      ),

    trainStep({ images, targets, weights: rowWeights, learningRate, emaDecay }) {
      let logits: tf.Tensor | undefined;
      const names = Object.keys(weights);
      const gradient = tf.variableGrads(
        () => {
          // Kept, because the gradient's own scope would dispose it; as an output it is the caller's.
          logits = tf.keep(forward(weights, images));
          const rows = softmaxCrossEntropy(logits as tf.Tensor2D, targets as tf.Tensor2D);
          return tf.mean(tf.mul(rows, rowWeights)) as tf.Scalar;
        },
        names.map((name) => weights[name]!),
      );
      for (const name of names) {
        const variable = weights[name]!;
        const update = momentumUpdate(
          variable,
          gradient.grads[variable.name]!,
          velocity[name]!,
          learningRate as tf.Scalar,
          momentum,
        );
        velocity[name]!.assign(update.velocity);
        variable.assign(update.parameter);
        // e ← d e + (1 − d) w, written so that d = 1 freezes and d = 0 copies exactly.
        const average = variables.ema?.[name];
        average?.assign(
          tf.add(tf.mul(average, emaDecay), tf.mul(update.parameter, tf.sub(1, emaDecay))),
        );
      }
      return { loss: gradient.value, logits: logits! };
    },

    predict: ({ images }) => ({ logits: forward(weights, images) }),
  };
}

/** Variables of one role with the model's names and shapes. */
function createVariables({ parameters }: Model, values: Arrays | undefined): Variables {
  return Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const value = values === undefined ? new Float32Array(size) : values[name];
      if (value === undefined || value.length !== size) {
        throw new TrainerError(
          "BAD_CHECKPOINT",
          `parameter \`${name}\`: expected ${size} numbers, got ${value?.length ?? "none"}`,
        );
      }
      return [name, tf.tidy(() => tf.variable(tf.tensor(value, [...shape])))];
    }),
  );
}

/** A network in training on the engine that is open. */
export class Session {
  readonly #options: SessionOptions;
  readonly #variables: Variables;
  readonly #program: Program<string, Entries>;

  /** @throws TrainerError `MISSING_SIGNAL` where the method needs a teacher and there is none. */
  constructor(options: SessionOptions) {
    const { model, method, initial, teacher, batchSize, predictBatchSize } = options;
    const wants = (signal: Signal): boolean => method.signals.includes(signal);
    if (wants("teacher") && teacher === undefined) {
      throw new TrainerError(
        "MISSING_SIGNAL",
        `${method.name} needs a teacher, and none was given`,
      );
    }
    const roles: Record<Role, Variables | undefined> = {
      weights: createVariables(model, initial),
      velocity: createVariables(model, undefined),
      // The moving average starts as a copy of the student (the mode `corrected`).
      ema: wants("ema") ? createVariables(model, initial) : undefined,
      teacher: wants("teacher") ? createVariables(model, teacher) : undefined,
    };
    this.#options = options;
    this.#variables = Object.fromEntries(
      Object.entries(roles).flatMap(([role, variables]) =>
        Object.entries(variables ?? {}).map(([name, v]) => [`${role}/${name}`, v]),
      ),
    );
    const images = (rows: number) => ({ images: { shape: [rows, ...model.input] } });
    const { classes } = model;
    this.#program = compileProgram<string, Entries>({
      variables: this.#variables,
      entries: createEntries(options, roles),
      mode: options.mode ?? "auto",
      specs: {
        signals: method.signals.length > 0 ? [images(batchSize)] : [],
        trainStep: [
          {
            ...images(batchSize),
            targets: { shape: [batchSize, classes] },
            weights: { shape: [batchSize] },
            learningRate: { shape: [] },
            emaDecay: { shape: [] },
          },
        ],
        predict: [images(predictBatchSize)],
      },
    });
  }

  /** Whether steps are replayed as one graph or called op by op. */
  get mode(): "recorded" | "eager" {
    return this.#program.mode;
  }

  #images(data: Float32Array): tf.Tensor {
    const { input } = this.#options.model;
    const rows = data.length / input.reduce((a, b) => a * b, 1);
    return tf.tensor(data, [rows, ...input]);
  }

  /** The logits `[m, k]` of the method's signals on a batch; nothing runs where it has none. */
  async signals(images: Float32Array): Promise<Signals> {
    if (this.#options.method.signals.length === 0) return {};
    const input = { images: this.#images(images) };
    const outputs = this.#program.run("signals", input);
    tf.dispose(input);
    return readAll(outputs) as Promise<Signals>;
  }

  /** One optimiser step. */
  async step({
    images,
    targets,
    weights,
    learningRate,
    emaDecay = 0,
  }: StepInputs): Promise<StepResult> {
    const { classes } = this.#options.model;
    const rows = targets.length / classes;
    const inputs = {
      images: this.#images(images),
      targets: tf.tensor(targets, [rows, classes]),
      weights: weights === undefined ? tf.ones([rows]) : tf.tensor(weights, [rows]),
      learningRate: tf.scalar(learningRate),
      emaDecay: tf.scalar(emaDecay),
    };
    const outputs = this.#program.run("trainStep", inputs);
    tf.dispose(inputs);
    const { loss, logits } = await readAll(outputs);
    return { loss: loss![0]!, logits: logits! };
  }

  /** The student's logits `[m, k]`. */
  async predict(images: Float32Array): Promise<Float32Array> {
    const input = { images: this.#images(images) };
    const outputs = this.#program.run("predict", input);
    tf.dispose(input);
    return (await readAll(outputs)).logits!;
  }

  /** Every variable, named `role/parameter`. */
  read(): Record<string, Float32Array> {
    return this.#program.read() as Record<string, Float32Array>;
  }

  /** Sets variables by the names of {@link read}. */
  write(values: Arrays): void {
    this.#program.write(values);
  }

  dispose(): void {
    this.#program.dispose();
    tf.dispose(this.#variables);
  }
}

/** The values of tensors, which are disposed. */
async function readAll(
  tensors: Readonly<Record<string, tf.Tensor>>,
): Promise<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    values[name] = (await tensor.data()) as Float32Array;
    tensor.dispose();
  }
  return values;
}
