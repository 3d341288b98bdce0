import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { compileProgram } from "../src/index.ts";
import { use } from "./engines.ts";
import { makeBatch, makeEntries, makeVariables } from "./networks.ts";

function train(xla: boolean) {
  const variables = makeVariables("lenet");
  const program = compileProgram({
    variables,
    entries: makeEntries("lenet", variables),
    ...(xla ? { xla: ["trainStep"] as const } : {}),
  });
  const losses = [0, 1, 2].map((step) => {
    const { loss } = program.run("trainStep", makeBatch("lenet", 8, step));
    return loss.dataSync()[0]!;
  });
  const numbers = [...losses, ...Object.values(program.read()).flatMap((values) => [...values])];
  program.dispose();
  return numbers;
}

test("compiled with XLA a step gives the same numbers to rounding, the same bytes each time", async (context) => {
  await use("tensorflow", context);
  const compiled = train(true);
  expect(compiled).toBeAllclose(train(false), { rtol: 1e-4, atol: 1e-6 });
  expect(train(true)).toEqual(compiled);
});

test("where steps are called XLA changes nothing; an unknown entry is refused", async () => {
  await tf.setBackend("cpu");
  const entries = { one: () => ({ y: tf.scalar(1) }) };
  const program = compileProgram({ variables: {}, entries, xla: ["one"] });
  expect(program.run("one", {}).y.dataSync()[0]).toBe(1);
  const compile = () => compileProgram({ variables: {}, entries, xla: ["two" as "one"] });
  expect(compile).toThrow(expect.objectContaining({ code: "ERR_UNKNOWN_ENTRY" }));
});
