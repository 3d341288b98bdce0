import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { CLASSES, drawCentres, drawSample, INPUTS, overconfidentClassifier } from "../mixture.ts";
import { encodeOnnx } from "../onnx.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

type Runtime = typeof import("onnxruntime-node");

/** onnxruntime, or why there is none: its binaries are not built for every platform. */
const runtime: Runtime | string = await import("onnxruntime-node").catch(
  (error: Error) => `no onnxruntime for ${process.platform}-${process.arch}: ${error.message}`,
);

const centres = drawCentres(1);

describe("the file", () => {
  const model = overconfidentClassifier(centres, 2);

  test("is a message with a version, a graph and the version of the operators", () => {
    const reader = new BinaryReader(encodeOnnx(model));
    const fields: number[] = [];
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      fields.push(field);
      reader.skip(type, field);
    }
    expect(fields).toEqual([1, 7, 8]);
  });

  test("computes x W + b", async (ctx) => {
    if (typeof runtime === "string") return ctx.skip(runtime);
    const session = await runtime.InferenceSession.create(encodeOnnx(model));
    const { n, x } = drawSample(centres, 7, 2);
    const input = new runtime.Tensor("float32", x, [n, INPUTS]);
    const { logits } = await session.run({ x: input });
    expect(logits!.dims).toEqual([n, CLASSES]);
    const expected = Array.from({ length: n * CLASSES }, (_, at) => {
      const [i, c] = [Math.floor(at / CLASSES), at % CLASSES];
      let sum = model.bias[c]!;
      for (let j = 0; j < INPUTS; j++) sum += x[i * INPUTS + j]! * model.weights[j * CLASSES + c]!;
      return sum;
    });
    // float32, sums of seven terms.
    expect(logits!.data as Float32Array).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-5 });
    await session.release();
  });
});

/** The numbers of the line that starts with `name`: before [interval], after [interval]. */
function numbersOf(output: string, name: string): number[] {
  const line = output.split("\n").find((l) => l.startsWith(name))!;
  return (line.slice(name.length).match(/[\d.]+/g) ?? []).map(Number);
}

test("the temperature finds the factor again and mends calibration", async (ctx) => {
  if (typeof runtime === "string") return ctx.skip(runtime);
  const args = ["--conditions=@sd/source", main];
  const { stdout: output } = await promisify(execFile)(process.execPath, args);

  // 1000 rows; the standard deviation of the fitted temperature is about 0.15.
  expect(Number(output.match(/fitted to 1000 rows: (.*)/)![1])).toBeAllclose(3, { atol: 0.5 });

  const [accuracy, low, high, scaledAccuracy] = numbersOf(output, "accuracy");
  expect(accuracy).toBe(scaledAccuracy);
  expect(low).toBeLessThan(accuracy!);
  expect(high).toBeGreaterThan(accuracy!);
  expect(accuracy).toBeGreaterThan(0.6);

  const [nll, , , scaledNll] = numbersOf(output, "NLL");
  expect(scaledNll).toBeLessThan(0.8 * nll!);

  const [ece, , , scaledEce] = numbersOf(output, "ECE ");
  expect(ece).toBeGreaterThan(0.1);
  expect(scaledEce).toBeLessThan(0.04);

  const [, sure, right, , scaledSure, scaledRight] = numbersOf(output, "0.8 – 1.0");
  expect(sure! - right!).toBeGreaterThan(0.1);
  expect(scaledSure).toBeAllclose(scaledRight!, { rtol: 0, atol: 0.03 });
});

test("a factor of one leaves a calibrated classifier, and no factor changes a prediction", () => {
  const one = overconfidentClassifier(centres, 1);
  const three = overconfidentClassifier(centres, 3);
  expect(three.weights).toBeAllclose(
    one.weights.map((w) => 3 * w),
    { rtol: 1e-6 },
  );
  expect(three.bias).toBeAllclose(
    one.bias.map((b) => 3 * b),
    { rtol: 1e-6 },
  );
});
