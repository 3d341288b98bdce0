import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../src/index.ts";
import { profileRows } from "../src/profile.ts";
import { use } from "./engines.ts";
import { makeBatch, makeEntries, makeVariables } from "./networks.ts";

test("rows are sums by operation, medians over passes, the slowest first", () => {
  const timing = (operation: string, milliseconds: number) => ({ operation, milliseconds });
  const passes = [
    [timing("Add", 1), timing("MatMul", 4), timing("Add", 2)],
    [timing("Add", 1), timing("MatMul", 9), timing("Add", 0)],
    [timing("Add", 1), timing("MatMul", 6), timing("Add", 1)],
  ];
  expect(profileRows(passes)).toEqual([
    { operation: "MatMul", count: 1, milliseconds: 6, share: 0.75 },
    { operation: "Add", count: 2, milliseconds: 2, share: 0.25 },
  ]);
  expect(profileRows([])).toEqual([]);
  expect(profileRows([[timing("Add", 0)]])[0]?.share).toBe(0);
});

const handles = (): number | undefined =>
  (tf.backend() as { binding?: { getNumOfTensors(): number } }).binding?.getNumOfTensors();

describe.each(["cpu", "wasm", "tensorflow"] as const)("on %s a profile", (backend) => {
  test("lists the operations of a step and leaves everything as it was", async (context) => {
    await use(backend, context);
    const variables = makeVariables("resnetBlock");
    const entries = makeEntries("resnetBlock", variables);
    const program = compileProgram({ variables, entries });
    const batch = makeBatch("resnetBlock", 4);
    await program.profile("trainStep", batch, { repeats: 1 });
    program.run("trainStep", batch).loss.dispose();
    const before = [tf.memory().numTensors, handles(), program.read()];

    const rows = await program.profile("trainStep", batch, { repeats: 2 });

    expect([tf.memory().numTensors, handles(), program.read()]).toEqual(before);
    expect(rows.find(({ operation }) => operation === "Conv2D")?.count).toBeGreaterThan(3);
    expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(rows.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
    const names = rows.map(({ operation }) => operation);
    expect(names.includes("ResourceApplyMomentum")).toBe(backend === "tensorflow");
    program.dispose();
  });

  test("takes bytes", async (context) => {
    await use(backend, context);
    const program = compileProgram({
      variables: {},
      entries: { half: ({ x }: { x: tf.Tensor }) => ({ y: tf.div(x, 2) }) },
      specs: { half: [{ x: { shape: [3], dtype: "uint8" } }] },
    });
    const rows = await program.profile("half", { x: Uint8Array.of(1, 2, 3) });
    expect(rows.some(({ operation }) => operation === "RealDiv")).toBe(true);
    program.dispose();
  });

  test("of an unknown entry is refused", async (context) => {
    await use(backend, context);
    const program = compileProgram({ variables: {}, entries: {} });
    const profile = program.profile as (entry: string, inputs: object) => Promise<unknown>;
    const error = expect.objectContaining({ code: "ERR_UNKNOWN_ENTRY" });
    await expect(profile.call(program, "none", {})).rejects.toThrow(error);
  });
});
