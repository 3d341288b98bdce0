// Steps as recordings rewrite them, and what they compute.
import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import { compileProgram, type Tensors } from "../src/index.ts";
import type { Signature } from "../src/inputs.ts";
import type { NodeBackend } from "../src/node-backend.ts";
import { record } from "../src/recorder.ts";
import { usedOps } from "../src/recording.ts";
import { rewrite } from "../src/rewriting/rewrite.ts";
import { ShapeCache } from "../src/shape-inference.ts";
import { wave } from "./networks.ts";

export type Variables = Record<string, tf.Variable>;
/** A step over some variables. */
export interface Case {
  readonly variables: () => Variables;
  readonly step: (v: Variables, inputs: Record<string, tf.Tensor>) => Tensors;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
}

export const values = (shape: readonly number[], seed: number): tf.Tensor =>
  tf.tensor(wave(shape, seed), [...shape]);

/** The operations that @sd/tfjs-native has added to TensorFlow's. */
export const ownOperations = (): ReadonlySet<string> | undefined =>
  (tf.backend() as NodeBackend).binding.ownOperations;

/** The names of the operations that are left, sorted; with those of `more` besides TensorFlow's. */
export function operations(
  { variables, step, inputs }: Case,
  more?: ReadonlySet<string>,
): string[] {
  const all = variables();
  const list = Object.values(all);
  const signature: Signature = new Map(
    Object.entries(inputs).map(([name, shape]) => [name, { shape, dtype: "float32" }]),
  );
  const recording = record({
    backend: tf.backend() as NodeBackend,
    entry: "step",
    step: (given: Record<string, tf.Tensor>) => step(all, given),
    inputs: signature,
    variables: list,
    shapes: new ShapeCache(),
  });
  const types = list.map(({ shape }) => ({ shape, dtype: 1 }));
  const rewritten = rewrite(recording, types, more);
  const names = [...usedOps(rewritten)].map((i) => rewritten.ops[i]!.name);
  tf.dispose(all);
  return names.sort();
}

/** Outputs and variables after three steps. */
function run({ variables, step, inputs }: Case, mode: "auto" | "eager"): number[][] {
  const all = variables();
  const entries = { step: (given: Record<string, tf.Tensor>) => step(all, given) };
  const program = compileProgram({ variables: all, entries, mode });
  const numbers: number[][] = [];
  for (let i = 0; i < 3; i++) {
    const given = Object.entries(inputs).map(([name, shape], k) => [name, values(shape, i + k)]);
    const tensors = Object.fromEntries(given) as Record<string, tf.Tensor>;
    const outputs = program.run("step", tensors);
    numbers.push(...Object.values(outputs).map((t) => [...t.dataSync()]));
    tf.dispose([tensors, outputs]);
  }
  numbers.push(...Object.values(program.read()).map((v) => [...v]));
  program.dispose();
  tf.dispose(all);
  return numbers;
}

/** Replayed and called, the step gives the same numbers; replayed again, the same bits. */
export function expectSame(one: Case, rtol = 1e-6): void {
  const [actual, expected] = [run(one, "auto"), run(one, "eager")];
  expect(actual.map((v) => v.length)).toEqual(expected.map((v) => v.length));
  for (const [i, wanted] of expected.entries()) {
    expect(actual[i]!).toBeAllclose(wanted, { rtol, atol: 1e-6 });
  }
  expect(run(one, "auto")).toEqual(actual);
}
