import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../src/index.ts";
import { use } from "./engines.ts";
import { makeBatch, makeEntries, makeVariables, type NetworkName } from "./networks.ts";

/** Five training steps with the same code on whatever engine is set. */
function train(network: NetworkName): { mode: string; losses: number[] } {
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
  const { mode } = program;
  program.dispose();
  tf.dispose(variables);
  return { mode, losses };
}

describe.each(["lenet", "resnetBlock"] as const)("five steps of %s", (network) => {
  test("on wasm equal those on cpu", async (context) => {
    await use("wasm", context);
    const wasm = train(network);
    await use("cpu", context);
    const cpu = train(network);
    expect([wasm.mode, cpu.mode]).toEqual(["eager", "eager"]);
    expect(wasm.losses).toBeAllclose(cpu.losses, { rtol: 1e-4 });
  });

  test("on the native engine equal those on wasm", async (context) => {
    await use("tensorflow", context);
    const native = train(network);
    await use("wasm", context);
    const wasm = train(network);
    expect([native.mode, wasm.mode]).toEqual(["recorded", "eager"]);
    expect(native.losses).toBeAllclose(wasm.losses, { rtol: 1e-4 });
  });
});
