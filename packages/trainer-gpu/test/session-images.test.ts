// Images as bytes, normalised on the engine, against images that were normalised on the host.
import { Loader } from "@sd/data";
import { beforeEach, describe, expect, test } from "vitest";
import { openEngine } from "../src/engine.ts";
import { mlp } from "../src/models/mlp.ts";
import { initialWeights } from "../src/models/model.ts";
import { Session } from "../src/session.ts";
import type { Images, SessionOptions, StepResult } from "../src/session-options.ts";
import { missingNative } from "./native-engine.ts";

const ROWS = 6;
const model = mlp({ input: [4, 5, 3], classes: 10 });
const normalise = { mean: [0.48, 0.1, 0.9], std: [0.25, 0.2, 0.3] };
const dataset = {
  name: "toy",
  images: Uint8Array.from({ length: ROWS * 60 }, (_, i) => (i * 97 + 13) % 256),
  labels: Int32Array.from({ length: ROWS }, (_, i) => i),
  shape: [ROWS, 4, 5, 3],
  classes: 10,
  checksum: "",
} as const;
const imagesOf = (options: { normalise?: typeof normalise }): Images => {
  const [batch] = [...new Loader(dataset, { batchSize: ROWS, ...options }).epoch(0)];
  return batch!.images;
};

const targets = new Float32Array(ROWS * 10).fill(0.1);

async function run(
  options: Partial<SessionOptions>,
  batches: readonly Images[],
): Promise<{ steps: StepResult[]; predicted: Float32Array; ema: Float32Array | undefined }> {
  const session = new Session({
    model,
    method: { name: "test", signals: ["ema"] },
    optimizer: { momentum: 0.9 },
    batchSize: ROWS,
    predictBatchSize: ROWS,
    initial: initialWeights(model, 1),
    ...options,
  });
  const steps: StepResult[] = [];
  for (const [i, images] of batches.entries()) {
    const inputs = { images, targets, learningRate: 0.01, step: i + 1, emaDecay: 0.5 };
    steps.push(await session.step(inputs));
  }
  const predicted = await session.predict(batches[0]!);
  const { ema } = await session.signals(batches[0]!);
  session.dispose();
  return { steps, predicted, ema };
}

describe.each(["native", "wasm", "cpu"])("on %s", (engine) => {
  beforeEach(async (ctx) => {
    if (engine === "native" && missingNative !== undefined) ctx.skip(missingNative);
    await openEngine({ name: engine, install: false });
  });

  test.each([
    ["bytes", {}, (bytes: Uint8Array) => bytes],
    [
      "numbers from 0 to 255",
      { images: "numbers" as const },
      (b: Uint8Array) => new Float32Array(b),
    ],
    ["bytes, a batch in parts", { parts: 2 }, (bytes: Uint8Array) => bytes],
  ] as const)("%s give what images of the host give", async (_, options, convert) => {
    const bytes = imagesOf({}) as Uint8Array;
    expect(bytes).toBeInstanceOf(Uint8Array);
    const { images: _images, ...shared } = options as Partial<SessionOptions>;
    const expected = await run(shared, Array(3).fill(imagesOf({ normalise })));
    const actual = await run({ normalise, ...options }, Array(3).fill(convert(bytes)));
    const near = { rtol: 1e-5, atol: 1e-5 };
    for (const [i, { loss, logits }] of expected.steps.entries()) {
      expect(actual.steps[i]!.loss).toBeAllclose(loss, near);
      expect(actual.steps[i]!.logits).toBeAllclose(logits, near);
    }
    expect(actual.predicted).toBeAllclose(expected.predicted, near);
    expect(actual.ema!).toBeAllclose(expected.ema!, near);
  });

  test("bytes and numbers may follow each other", async () => {
    const bytes = imagesOf({}) as Uint8Array;
    const numbers = new Float32Array(bytes);
    const mixed = await run({ normalise }, [bytes, numbers, bytes]);
    expect(mixed).toEqual(await run({ normalise }, [bytes, bytes, bytes]));
  });
});
