import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { compileProgram, type Program } from "../src/index.ts";
import { onNative } from "./engines.ts";
import { makeBatch, makeEntries, makeVariables, type NetworkName } from "./networks.ts";

onNative();

const networks: readonly NetworkName[] = ["mlp", "lenet", "resnetBlock"];

function compile(network: NetworkName, mode: "auto" | "eager") {
  const variables = makeVariables(network);
  const program = compileProgram({ variables, entries: makeEntries(network, variables), mode });
  return { variables, program };
}

type AnyProgram = Program<string, ReturnType<typeof makeEntries>>;

function lossOf(program: AnyProgram, network: NetworkName, step: number, size = 8): number {
  const batch = makeBatch(network, size, step);
  const { loss } = program.run("trainStep", batch);
  const value = loss.dataSync()[0]!;
  tf.dispose([loss, batch.images, batch.targets, batch.learningRate]);
  return value;
}

function expectSameState(actual: AnyProgram, expected: AnyProgram): void {
  const values = actual.read();
  for (const [name, wanted] of Object.entries(expected.read())) {
    expect(values[name]).toBeAllclose(wanted, { rtol: 1e-4, atol: 1e-6 });
  }
}

describe.each(networks)("%s replayed", (network) => {
  test("equals the step that is called, at the first and at the twentieth step", () => {
    const [eager, recorded] = [compile(network, "eager"), compile(network, "auto")];
    expect([eager.program.mode, recorded.program.mode]).toEqual(["eager", "recorded"]);
    for (let step = 0; step < 20; step++) {
      // A network amplifies rounding: the twentieth step is compared from the same state.
      if (step === 19) recorded.program.write(eager.program.read());
      const expected = lossOf(eager.program, network, step);
      const actual = lossOf(recorded.program, network, step);
      if (step === 0 || step === 19) {
        expect(actual).toBeAllclose(expected, { rtol: 1e-5 });
        expectSameState(recorded.program, eager.program);
      }
    }
    for (const { program, variables } of [eager, recorded]) {
      program.dispose();
      tf.dispose(variables);
    }
  });

  test("gives the same bytes in two programs", () => {
    const [a, b] = [compile(network, "auto"), compile(network, "auto")];
    for (let step = 0; step < 5; step++) {
      expect(lossOf(a.program, network, step)).toBe(lossOf(b.program, network, step));
    }
    expect(a.program.read()).toEqual(b.program.read());
    a.program.dispose();
    b.program.dispose();
  });

  test("goes on to the bit from the state that was read", () => {
    const [whole, half] = [compile(network, "auto"), compile(network, "auto")];
    for (let step = 0; step < 3; step++) lossOf(whole.program, network, step);
    half.program.write(whole.program.read());
    for (let step = 3; step < 6; step++) {
      expect(lossOf(half.program, network, step)).toBe(lossOf(whole.program, network, step));
    }
    whole.program.dispose();
    half.program.dispose();
  });
});

const handles = (): number =>
  (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();

test("no tensor is left over by 200 runs, nor by new shapes, reads and writes", () => {
  const { program } = compile("mlp", "auto");
  lossOf(program, "mlp", 0);
  const before = [tf.memory().numTensors, handles()];
  for (let step = 0; step < 200; step++) lossOf(program, "mlp", step);
  lossOf(program, "mlp", 0, 5);
  program.write(program.read());
  expect([tf.memory().numTensors, handles()]).toEqual(before);
  program.dispose();
});

test("recording leaves the variables and the count of tensors as they were", () => {
  const variables = makeVariables("lenet");
  const entries = makeEntries("lenet", variables);
  const values = Object.values(variables).map((v) => v.dataSync());
  const before = tf.memory().numTensors;
  const program = compileProgram({
    variables,
    entries,
    specs: {
      trainStep: [
        {
          images: { shape: [8, 12, 12, 1] },
          targets: { shape: [8, 4] },
          learningRate: { shape: [] },
        },
      ],
    },
  });
  expect(tf.memory().numTensors).toBe(before);
  expect(Object.values(variables).map((v) => v.dataSync())).toEqual(values);
  program.dispose();
});

test("an output that the step keeps is the caller's, and left over by no recording", () => {
  const x = tf.variable(tf.tensor1d([1, 2]));
  const program = compileProgram({
    variables: { x },
    entries: {
      step() {
        const doubled = tf.tidy(() => tf.keep(tf.mul(x, 2)));
        return { doubled, again: doubled, x: x as unknown as tf.Tensor };
      },
    },
  });
  const before = [tf.memory().numTensors, handles()];
  const outputs = program.run("step", {});
  const { doubled, again, x: copy } = outputs;
  doubled.dispose();
  expect([...again.dataSync(), ...copy.dataSync()]).toEqual([2, 4, 1, 2]);
  tf.dispose(outputs);
  expect([tf.memory().numTensors, handles()]).toEqual(before);
  expect([...x.dataSync()]).toEqual([1, 2]);
  program.dispose();
});
