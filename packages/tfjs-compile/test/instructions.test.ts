// Random straight-line steps: values read before and after assignments, variables swapped and
// aliased.
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileProgram, type Tensors } from "../src/index.ts";
import { onNative } from "./engines.ts";

onNative();

interface Instruction {
  readonly op: "add" | "average" | "copy" | "relu" | "tanh";
  /** Which of the values so far, counted from the latest. */
  readonly left: number;
  readonly right: number;
  /** The variable that the result is assigned to. */
  readonly assign: number | undefined;
  readonly output: boolean;
}

const index = fc.nat({ max: 5 });
const instruction: fc.Arbitrary<Instruction> = fc.record({
  op: fc.constantFrom("add", "average", "copy", "relu", "tanh"),
  left: index,
  right: index,
  assign: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
  output: fc.boolean(),
});

const operations: Record<Instruction["op"], (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: (a, b) => tf.add(a, b),
  average: (a, b) => tf.add(tf.mul(a, 0.5), tf.mul(b, 0.5)),
  copy: (a) => tf.clone(a),
  relu: (a) => tf.relu(a),
  tanh: (a) => tf.tanh(a),
};

function run(mode: "auto" | "eager", instructions: readonly Instruction[]) {
  // The first two variables share their data until one is assigned.
  const first = tf.variable(tf.tensor1d([0.5, -1]));
  const all = [first, tf.variable(first as unknown as tf.Tensor), tf.variable(tf.tensor1d([2, 3]))];
  const program = compileProgram({
    mode,
    variables: Object.fromEntries(all.map((v, i) => [`v${i}`, v])),
    entries: {
      step({ x }: { x: tf.Tensor }): Tensors {
        const values: tf.Tensor[] = [x, ...all];
        const outputs: Record<string, tf.Tensor> = {};
        for (const [i, { op, left, right, assign, output }] of instructions.entries()) {
          const pick = (back: number): tf.Tensor => values[Math.max(0, values.length - 1 - back)]!;
          const result = operations[op](pick(left), pick(right));
          if (assign !== undefined) all[assign]!.assign(result);
          if (output) outputs[`o${i}`] = result;
          values.push(assign === undefined ? result : all[assign]!);
        }
        return outputs;
      },
    },
  });
  const steps = [1, 2].map((x) => {
    const outputs = program.run("step", { x: tf.tensor1d([x, -x]) });
    return Object.values(outputs).flatMap((t) => [...t.dataSync()]);
  });
  const numbers = [...steps.flat(), ...Object.values(program.read()).flatMap((v) => [...v])];
  program.dispose();
  return numbers;
}

test("a recorded step does what the step that is called does", () => {
  fc.assert(
    fc.property(fc.array(instruction, { minLength: 1, maxLength: 8 }), (instructions) => {
      const actual = run("auto", instructions);
      expect(actual).toBeAllclose(run("eager", instructions), { rtol: 1e-5, atol: 1e-6 });
    }),
    { numRuns: 60 },
  );
});
