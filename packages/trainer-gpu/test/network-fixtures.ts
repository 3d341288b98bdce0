// What fixtures/networks.py holds of each network, and the weights and batches that it was computed
// from.
import { readFileSync } from "node:fs";
import type { StoredTensor } from "@sd/runs";
import { unpackWeights } from "../src/checkpoint.ts";
import { type Model, sizeOf } from "../src/models/model.ts";
import { createModel } from "../src/models/table.ts";
import type { StepInputs } from "../src/session-options.ts";
import type { Arrays } from "../src/session-variables.ts";
import { formula, type Summary } from "./formula.ts";

const CLASSES = 10;
/** How many batches the buffers of the start say that they have seen. */
export const BATCHES_SEEN = 7;

/** Norm, sum and eight projections. */
type Numbers = readonly number[];

/** One network in PyTorch, one training step from the weights of {@link formulaWeights}. */
export interface NetworkFixture {
  readonly input: readonly [number, number, number];
  readonly rows: number;
  readonly salt: number;
  readonly count: number;
  /** Logits in evaluation and in training mode. */
  readonly evaluation: readonly number[];
  readonly training: readonly number[];
  readonly loss: number;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly gradients: Readonly<Record<string, Numbers>>;
  /** The running statistics after the step. */
  readonly statistics: Readonly<Record<string, Numbers>>;
}

export function loadFixture(name: string): NetworkFixture {
  const file = new URL(`./fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as NetworkFixture;
}

export const modelOf = (name: string, { input }: NetworkFixture): Model =>
  createModel(name, { input, classes: CLASSES });

export function toSummary([norm, sum, ...projections]: Numbers): Summary {
  return { norm: norm!, sum: sum!, projections };
}

const shifted = (values: Float32Array, by: number): Float32Array => values.map((x) => x + by);

/** The start of the step: the values that the generator's `fill` gives. */
export function formulaWeights(model: Model, { shapes, statistics }: NetworkFixture): Arrays {
  const tensors: Record<string, StoredTensor> = {};
  for (const [salt, [name, shape]] of Object.entries(shapes).entries()) {
    const size = sizeOf(shape);
    const data =
      shape.length > 1
        ? formula(salt, size, Math.sqrt(3 / sizeOf(shape.slice(1))))
        : shifted(formula(salt, size, 0.25), name.endsWith("weight") ? 1 : 0);
    tensors[name] = { dtype: "F32", shape, data };
  }
  for (const [salt, name] of Object.keys(statistics).entries()) {
    const shape = shapes[name.replace(/running_\w+$/, "weight")]!;
    const values = formula(1000 + salt, sizeOf(shape), 0.25);
    const data = shifted(values, name.endsWith("var") ? 1 : 0);
    tensors[name] = { dtype: "F32", shape, data };
    const count = name.replace(/running_\w+$/, "num_batches_tracked");
    tensors[count] = { dtype: "I64", shape: [], data: BigInt64Array.of(BigInt(BATCHES_SEEN)) };
  }
  return unpackWeights(model, tensors);
}

/** The images and targets that the generator's `batch` makes of a salt. */
export function formulaBatch(
  { input, rows }: Pick<NetworkFixture, "input" | "rows">,
  salt: number,
): StepInputs {
  const targets = new Float32Array(rows * CLASSES);
  for (let i = 0; i < rows; i++) {
    targets[i * CLASSES + ((i * 7) % CLASSES)] = 0.9;
    targets[i * CLASSES + ((i * 7 + 1) % CLASSES)] = Math.fround(0.1);
  }
  const images = formula(salt, rows * sizeOf(input), 2);
  return { images, targets, learningRate: 0.01, step: 1, emaDecay: 0.9 };
}
