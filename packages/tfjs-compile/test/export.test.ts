import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileProgram } from "../src/index.ts";
import { DType, type NodeBackend } from "../src/node-backend.ts";
import { use } from "./engines.ts";
import { makeBatch, makeEntries, makeVariables } from "./networks.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sd-export-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const binding = () => (tf.backend() as NodeBackend).binding;

/** The strings of the form `step/…:0` in the file: what its signature names, inputs first. */
function signatureTensors(path: string): string[] {
  const bytes = readFileSync(join(path, "saved_model.pb"), "latin1");
  return [...new Set(bytes.match(/step\/[a-z0-9/]+:0/g))].slice(-2);
}

test("a trained network gives the same logits when it is read back", async (context) => {
  await use("tensorflow", context);
  const variables = makeVariables("resnetBlock");
  const program = compileProgram({ variables, entries: makeEntries("resnetBlock", variables) });
  const batch = makeBatch("resnetBlock", 4);
  program.run("trainStep", batch).loss.dispose();
  const path = join(folder, "model", "1");
  program.export(path, "logits", { images: { shape: batch.images.shape } });
  const expected = program.run("logits", { images: batch.images }).logits.dataSync();
  program.dispose();

  expect(readdirSync(path)).toEqual(["saved_model.pb"]);
  const session = binding().loadSavedModel(path, "serve");
  const [input, output] = signatureTensors(path);
  const handles = (tf.backend() as NodeBackend).getInputTensorIds([batch.images]);
  const [result] = binding().runSavedModel(session, handles, input!, output!);
  expect(binding().tensorDataSync(result!.id)).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-6 });
  binding().deleteTensor(result!.id);
  binding().deleteSavedModel(session);
});

test("bytes go in as bytes", async (context) => {
  await use("tensorflow", context);
  const scale = tf.variable(tf.tensor1d([1, 10]));
  const entries = { scaled: ({ x }: { x: tf.Tensor }) => ({ y: tf.mul(x, scale) }) };
  const program = compileProgram({ variables: { scale }, entries });
  program.write({ scale: [2, 3] });
  program.export(folder, "scaled", { x: { shape: [2, 2], dtype: "uint8" } });
  program.dispose();
  const session = binding().loadSavedModel(folder, "serve");
  const [input, output] = signatureTensors(folder);
  const handle = binding().createTensor([2, 2], DType.uint8, Uint8Array.of(1, 2, 3, 255));
  const [result] = binding().runSavedModel(session, [handle], input!, output!);
  expect([...binding().tensorDataSync(result!.id)]).toEqual([2, 6, 6, 765]);
  binding().deleteSavedModel(session);
});

test.for(["cpu", "tensorflow"] as const)(
  "what has no model is refused on %s",
  async (engine, t) => {
    await use(engine, t);
    const x = tf.variable(tf.scalar(1));
    const program = compileProgram({
      variables: { x },
      entries: {
        count() {
          x.assign(tf.add(x, 1));
          return { x: tf.mul(x, 2) };
        },
        nothing: () => ({}),
      },
    });
    for (const entry of ["count", "nothing"] as const) {
      const error = expect.objectContaining({ code: "ERR_EXPORT", entry });
      expect(() => program.export(folder, entry, {})).toThrow(error);
    }
    const unknown = program.export as (folder: string, entry: string, inputs: object) => void;
    const error = expect.objectContaining({ code: "ERR_UNKNOWN_ENTRY" });
    expect(() => unknown.call(program, folder, "none", {})).toThrow(error);
    expect(readdirSync(folder)).toEqual([]);
    program.dispose();
  },
);
