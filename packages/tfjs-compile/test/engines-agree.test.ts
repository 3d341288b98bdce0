import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { compileProgram, type Values } from "../src/index.ts";
import { nativeProblem, useWasm } from "./engines.ts";
import { makeBatch, makeEntries, makeVariables, type NetworkName } from "./networks.ts";

/** Five training steps with the same code on whatever engine is set. */
function train(network: NetworkName): { mode: string; losses: number[]; state: Values[] } {
  const variables = makeVariables(network);
  const program = compileProgram({ variables, entries: makeEntries(network, variables) });
  const before = tf.memory().numTensors;
  const losses = [0, 1, 2, 3, 4].map((step) => {
    const batch = makeBatch(network, 8, step);
    const { loss } = program.run("trainStep", batch);
    const value = loss.dataSync()[0]!;
    tf.dispose([loss, batch.images, batch.targets, batch.learningRate]);
    return value;
  });
  expect(tf.memory().numTensors).toBe(before);
  const state = Object.values(program.read());
  const { mode } = program;
  program.dispose();
  tf.dispose(variables);
  return { mode, losses, state };
}

test.each(["lenet", "resnetBlock"] as const)("%s: native and wasm", async (network) => {
  await useWasm();
  const wasm = train(network);
  expect(wasm.mode).toBe("eager");
  await tf.setBackend("cpu");
  const cpu = train(network);
  expect(wasm.losses).toBeAllclose(cpu.losses, { rtol: 1e-4 });
  if (nativeProblem !== undefined) return;
  await tf.setBackend("tensorflow");
  const native = train(network);
  expect(native.mode).toBe("recorded");
  expect(native.losses).toBeAllclose(wasm.losses, { rtol: 1e-4 });
});
