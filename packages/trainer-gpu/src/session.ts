// One network in training: its variables on the engine, and the steps over them.
import { compileProgram, type InputSpec, type Program } from "@sd/tfjs-compile";
import * as tf from "@tensorflow/tfjs";
import { requireOption, TrainerError } from "./errors.ts";
import type { SignalInput } from "./loss-terms.ts";
import type { Signal, Signals } from "./methods/method.ts";
import { type Model, sizeOf } from "./models/model.ts";
import { createEntries, type Entries } from "./session-entries.ts";
import type { SessionOptions, StepInputs, StepResult } from "./session-options.ts";
import { type Arrays, createRoles, nameVariables, type Variables } from "./session-variables.ts";
import { createUpdateRule } from "./update-rules/table.ts";
import type { UpdateRule } from "./update-rules/update-rule.ts";

/** A network in training on the engine that is open. */
export class Session {
  readonly #model: Model;
  readonly #rule: UpdateRule;
  readonly #parts: number;
  readonly #hasSignals: boolean;
  /** The signals that are inputs of a step. */
  readonly #termSignals: readonly Signal[];
  readonly #variables: Variables;
  readonly #program: Program<string, Entries>;

  /**
   * @throws TrainerError `MISSING_SIGNAL` where the method needs a teacher and there is none,
   *   `BAD_OPTION`, `BAD_CHECKPOINT` for weights of another network.
   */
  constructor(options: SessionOptions) {
    const { model, method, optimizer, batchSize, parts = 1 } = options;
    const { signals } = method;
    if (signals.includes("teacher") && options.teacher === undefined) {
      throw new TrainerError(
        "MISSING_SIGNAL",
        `${method.name} needs a teacher, and none was given`,
      );
    }
    if (signals.includes("ema") && method.emaMode === "paper" && !options.averageInitial) {
      throw new TrainerError(
        "MISSING_SIGNAL",
        `${method.name} needs weights for its average to start at, and none were given`,
      );
    }
    const whole = Number.isSafeInteger(parts) && parts >= 1 && batchSize % parts === 0;
    requireOption("parts", parts, `a divisor of the batch size ${batchSize}`, whole);
    const rule = createUpdateRule(optimizer);
    const roles = createRoles({ ...options, rule, signals, accumulates: parts > 1 });
    this.#model = model;
    this.#rule = rule;
    this.#parts = parts;
    this.#hasSignals = signals.length > 0;
    this.#termSignals = method.terms === undefined ? [] : signals;
    this.#variables = nameVariables(roles);
    this.#program = compileProgram<string, Entries>({
      variables: this.#variables,
      entries: createEntries({ model, rule, gradient: optimizer, parts, method }, roles),
      mode: options.mode ?? "auto",
      specs: this.#specs(options),
    });
  }

  /** The shapes that the steps will be run with, so that each is recorded at once. */
  #specs({ batchSize, predictBatchSize }: SessionOptions): object {
    const { input, classes } = this.#model;
    const images = (rows: number) => ({ images: { shape: [rows, ...input] } });
    const rows = batchSize / this.#parts;
    const batch = {
      ...images(rows),
      targets: { shape: [rows, classes] },
      weights: { shape: [rows] },
      ...Object.fromEntries(
        this.#termSignals.map((signal) => [`${signal}Logits`, { shape: [rows, classes] }]),
      ),
    };
    const scalars = ["emaDecay", ...Object.keys(this.#rule.coefficients(0, 1))];
    const scalarSpecs = scalars.map((name): [string, InputSpec] => [name, { shape: [] }]);
    return {
      signals: this.#hasSignals ? [images(batchSize)] : [],
      accumulate: this.#parts > 1 ? [batch] : [],
      trainStep: [{ ...batch, ...Object.fromEntries(scalarSpecs) }],
      predict: [images(predictBatchSize)],
    };
  }

  /** Whether steps are replayed as one graph or called op by op. */
  get mode(): "recorded" | "eager" {
    return this.#program.mode;
  }

  #images(data: Float32Array): tf.Tensor {
    const { input } = this.#model;
    return tf.tensor(data, [data.length / sizeOf(input), ...input]);
  }

  /** The logits `[m, k]` of the method's signals on a batch; nothing runs where it has none. */
  async signals(images: Float32Array): Promise<Signals> {
    if (!this.#hasSignals) return {};
    const input = { images: this.#images(images) };
    const outputs = this.#program.run("signals", input);
    tf.dispose(input);
    return readAll(outputs) as Promise<Signals>;
  }

  /** One optimiser step. */
  async step(inputs: StepInputs): Promise<StepResult> {
    const rows = inputs.targets.length / this.#model.classes;
    const size = rows / this.#parts;
    const logits = new Float32Array(inputs.targets.length);
    let loss = 0;
    for (let first = 0; first < rows; first += size) {
      const last = first + size === rows;
      const outputs = this.#runPart(inputs, first, size, last);
      const part = await readAll(outputs);
      loss += part.loss![0]! / this.#parts;
      logits.set(part.logits!, first * this.#model.classes);
    }
    return { loss, logits };
  }

  /** Trains on the rows from `first` on; the last part of a batch updates the parameters. */
  #runPart(
    { images, targets, weights, learningRate, step, signals = {}, emaDecay = 0 }: StepInputs,
    first: number,
    size: number,
    last: boolean,
  ): Record<string, tf.Tensor> {
    const { input, classes } = this.#model;
    const rowsOf = (data: Float32Array, width: number): Float32Array =>
      data.subarray(first * width, (first + size) * width);
    // Before the other tensors: it may refuse.
    const ofSignals = this.#signalInputs(signals, (data) => rowsOf(data, classes));
    const batch = {
      ...ofSignals,
      images: this.#images(rowsOf(images, sizeOf(input))),
      targets: tf.tensor(rowsOf(targets, classes), [size, classes]),
      weights: weights === undefined ? tf.ones([size]) : tf.tensor(rowsOf(weights, 1), [size]),
    };
    const scalars: Record<string, number> = last
      ? { emaDecay, ...this.#rule.coefficients(learningRate, step) }
      : {};
    const scalarTensors = Object.fromEntries(
      Object.entries(scalars).map(([name, value]) => [name, tf.scalar(value)]),
    );
    const all = { ...batch, ...scalarTensors };
    const outputs = last
      ? this.#program.run("trainStep", all as Parameters<Entries["trainStep"]>[0])
      : this.#program.run("accumulate", batch);
    tf.dispose(all);
    return outputs;
  }

  /** The signals' logits as the terms of the loss read them. */
  #signalInputs(
    signals: Signals,
    rowsOf: (data: Float32Array) => Float32Array,
  ): Partial<Record<SignalInput, tf.Tensor>> {
    const { classes } = this.#model;
    return Object.fromEntries(
      this.#termSignals.map((signal) => {
        const logits = signals[signal];
        if (logits === undefined) {
          throw new TrainerError("MISSING_SIGNAL", `step: no logits of the signal ${signal}`);
        }
        return [
          `${signal}Logits`,
          tf.tensor2d(rowsOf(logits), [rowsOf(logits).length / classes, classes]),
        ];
      }),
    );
  }

  /** The student's logits `[m, k]`. */
  async predict(images: Float32Array): Promise<Float32Array> {
    const input = { images: this.#images(images) };
    const outputs = this.#program.run("predict", input);
    tf.dispose(input);
    return (await readAll(outputs)).logits!;
  }

  /**
   * Every variable, named `role/tensor`: `weights/…`, `ema/…`, `teacher/…`, `optimizer.<slot>/…`.
   */
  read(): Record<string, Float32Array> {
    return this.#program.read() as Record<string, Float32Array>;
  }

  /** Sets variables by the names of {@link read}. */
  write(values: Arrays): void {
    this.#program.write(values);
  }

  dispose(): void {
    this.#program.dispose();
    tf.dispose(this.#variables as Record<string, tf.Variable>);
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
