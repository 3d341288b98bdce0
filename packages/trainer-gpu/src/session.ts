// One network in training: its variables on the engine, and the steps over them.
import { compileProgram, type InputDType, type InputSpec, type Program } from "@sd/tfjs-compile";
import { releaseMemory } from "@sd/tfjs-native";
import * as tf from "@tensorflow/tfjs";
import { requireOption, TrainerError } from "./errors.ts";
import type { SignalInput } from "./loss-terms.ts";
import type { Signal, Signals } from "./methods/method.ts";
import { type Model, sizeOf } from "./models/model.ts";
import { createEntries, type Entries } from "./session-entries.ts";
import type { Images, SessionOptions, StepInputs, StepResult } from "./session-options.ts";
import { type Arrays, createRoles, nameVariables, type Variables } from "./session-variables.ts";
import { createUpdateRule } from "./update-rules/table.ts";
import type { UpdateRule } from "./update-rules/update-rule.ts";

/** A network in training on the engine that is open. */
export class Session {
  readonly #model: Model;
  readonly #rule: UpdateRule;
  readonly #parts: number;
  readonly #hasSignals: boolean;
  readonly #hasAverage: boolean;
  /** The weights of rows that all count alike. */
  #ones: Float32Array;
  /** The signals that are inputs of a step. */
  readonly #termSignals: readonly Signal[];
  readonly #variables: Variables;
  readonly #program: Program<string, Entries>;

  /**
   * @throws TrainerError `MISSING_SIGNAL` where the method needs a teacher and there is none,
   *   `BAD_OPTION`, `BAD_CHECKPOINT` for weights of another network.
   */
  constructor(options: SessionOptions) {
    const { model, method, optimizer, batchSize, parts = 1, given = [] } = options;
    const signals = method.signals.filter((signal) => !given.includes(signal));
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
    this.#hasAverage = signals.includes("ema");
    this.#ones = new Float32Array(batchSize).fill(1);
    this.#termSignals = method.terms === undefined ? [] : method.signals;
    this.#variables = nameVariables(roles);
    const { normalise } = options;
    this.#program = compileProgram<string, Entries>({
      variables: this.#variables,
      entries: createEntries({ model, rule, gradient: optimizer, parts, method, normalise }, roles),
      mode: options.mode ?? "auto",
      specs: this.#specs(options),
      moveValues: true,
    });
    releaseMemory();
  }

  /** The shapes that the steps will be run with, so that each is recorded at once. */
  #specs({ batchSize, predictBatchSize, normalise, images }: SessionOptions): object {
    const { input, classes } = this.#model;
    const bytes = (images ?? (normalise ? "bytes" : "numbers")) === "bytes";
    const pixels = (rows: number, dtype: InputDType) => ({
      images: { shape: [rows, ...input], dtype },
    });
    const trained = bytes ? "uint8" : "float32";
    const rows = batchSize / this.#parts;
    const batch = {
      ...pixels(rows, trained),
      targets: { shape: [rows, classes] },
      weights: { shape: [rows] },
      ...Object.fromEntries(
        this.#termSignals.map((signal) => [`${signal}Logits`, { shape: [rows, classes] }]),
      ),
    };
    const scalars = [
      ...(this.#hasAverage ? ["emaDecay"] : []),
      ...Object.keys(this.#rule.coefficients(0, 1)),
    ];
    const scalarSpecs = scalars.map((name): [string, InputSpec] => [name, { shape: [] }]);
    return {
      signals: this.#hasSignals ? [pixels(batchSize, trained)] : [],
      accumulate: this.#parts > 1 ? [batch] : [],
      trainStep: [{ ...batch, ...Object.fromEntries(scalarSpecs) }],
      predict: [pixels(predictBatchSize, normalise ? "uint8" : "float32")],
    };
  }

  /** Whether steps are replayed as one graph or called op by op. */
  get mode(): "recorded" | "eager" {
    return this.#program.mode;
  }

  /** The logits `[m, k]` of the method's signals on a batch; nothing runs where it has none. */
  async signals(images: Images): Promise<Signals> {
    return this.#hasSignals
      ? ((await this.#program.valuesAsync("signals", { images })) as Signals)
      : {};
  }

  /** One optimiser step. */
  async step(inputs: StepInputs): Promise<StepResult> {
    const { classes } = this.#model;
    const rows = inputs.targets.length / classes;
    const size = rows / this.#parts;
    if (this.#parts === 1) return this.#runPart(inputs, 0, rows, true);
    const logits = new Float32Array(inputs.targets.length);
    let loss = 0;
    for (let first = 0; first < rows; first += size) {
      const part = await this.#runPart(inputs, first, size, first + size === rows);
      loss += part.loss / this.#parts;
      logits.set(part.logits, first * classes);
    }
    return { loss, logits };
  }

  /** Trains on the rows from `first` on; the last part of a batch updates the parameters. */
  async #runPart(
    inputs: StepInputs,
    first: number,
    size: number,
    last: boolean,
  ): Promise<StepResult> {
    const { input, classes } = this.#model;
    const { images, targets, learningRate, step, emaDecay = 0 } = inputs;
    const rows = targets.length / classes;
    if (this.#ones.length < rows) this.#ones = new Float32Array(rows).fill(1);
    const { weights = this.#ones } = inputs;
    const rowsOf = <T extends Images>(data: T, width: number): T =>
      data.subarray(first * width, (first + size) * width) as T;
    const batch: Record<string, Images> = {
      ...this.#signalInputs(inputs.signals, (data) => rowsOf(data, classes)),
      images: rowsOf(images, sizeOf(input)),
      targets: rowsOf(targets, classes),
      weights: rowsOf(weights, 1),
    };
    if (last) {
      if (this.#hasAverage) batch.emaDecay = Float32Array.of(emaDecay);
      for (const [name, value] of Object.entries(this.#rule.coefficients(learningRate, step))) {
        batch[name] = Float32Array.of(value);
      }
    }
    const entry = last ? "trainStep" : "accumulate";
    const outputs = await this.#program.valuesAsync(entry, batch as never);
    return { loss: outputs.loss![0]!, logits: outputs.logits as Float32Array };
  }

  /** The signals' logits as the terms of the loss read them. */
  #signalInputs(
    signals: Signals = {},
    rowsOf: (data: Float32Array) => Float32Array,
  ): Partial<Record<SignalInput, Float32Array>> {
    return Object.fromEntries(
      this.#termSignals.map((signal) => {
        const logits = signals[signal];
        if (logits === undefined) {
          throw new TrainerError("MISSING_SIGNAL", `step: no logits of the signal ${signal}`);
        }
        return [`${signal}Logits`, rowsOf(logits)];
      }),
    );
  }

  /** The student's logits `[m, k]`. */
  async predict(images: Images): Promise<Float32Array> {
    const { logits } = await this.#program.valuesAsync("predict", { images });
    return logits as Float32Array;
  }

  /**
   * Every variable, named `role/tensor`: `weights/…`, `ema/…`, `teacher/…`, `optimizer.<slot>/…`.
   */
  async read(): Promise<Record<string, Float32Array>> {
    return (await this.#program.readAsync()) as Record<string, Float32Array>;
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
