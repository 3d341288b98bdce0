// What people see in CIFAR-10's test images: 47 to 63 votes an image (CIFAR-10H), taken as a classifier.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, type TestContext, test } from "vitest";
import {
  accuracy,
  brierScore,
  CalibrationAccumulator,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  predictiveUncertainty,
} from "../src/index.ts";

const [n, k] = [10_000, 10];
const RECORD = 1 + 3 * 32 * 32;

interface Votes {
  /** log of the share of votes, −∞ for none. */
  readonly logShares: Float64Array;
  readonly shares: Float64Array;
  readonly labels: Uint8Array;
}

async function readVotes(ctx: TestContext): Promise<Votes> {
  const data = process.env.SD_DATA;
  if (data === undefined) {
    return ctx.skip("SD_DATA is not set: the folder that holds cifar10h/ and cifar10/");
  }
  const counts = await readFile(join(data, "cifar10h/cifar10h-counts.u8.bin"));
  const images = gunzipSync(await readFile(join(data, "cifar10/test_batch.bin.gz")));
  expect([counts.length, images.length]).toEqual([n * k, n * RECORD]);
  const shares = Float64Array.from(counts);
  for (let i = 0; i < n; i++) {
    const row = shares.subarray(i * k, (i + 1) * k);
    const total = row.reduce((a, b) => a + b, 0);
    for (let c = 0; c < k; c++) row[c]! /= total;
  }
  const labels = Uint8Array.from({ length: n }, (_, i) => images[i * RECORD]!);
  return { logShares: shares.map(Math.log), shares, labels };
}

describe("CIFAR-10H", () => {
  const shape = [n, k];

  test("votes have a mean entropy of 0.1545 nats and agree with 99.21 % of the labels", async (ctx) => {
    const { logShares, labels } = await readVotes(ctx);
    expect(predictiveUncertainty(logShares, labels, shape)).toBeAllclose(0.1545, { atol: 5e-5 });
    expect(accuracy(logShares, labels, shape)).toBe(0.9921);
  });

  test("scores follow from their definitions in probabilities", async (ctx) => {
    const { logShares, shares, labels } = await readVotes(ctx);
    let [squares, right, confidence] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const row = shares.subarray(i * k, (i + 1) * k);
      row.forEach((p, c) => {
        squares += (p - (c === labels[i] ? 1 : 0)) ** 2 / n;
      });
      const top = Math.max(...row);
      confidence += top / n;
      right += row.indexOf(top) === labels[i] ? 1 / n : 0;
    }
    expect(brierScore(logShares, labels, shape)).toBeAllclose(squares, { rtol: 1e-10 });
    expect(expectedCalibrationError(logShares, labels, shape, { bins: 1 })).toBeAllclose(
      Math.abs(confidence - right),
      { rtol: 1e-9 },
    );
    const accumulator = new CalibrationAccumulator();
    accumulator.update(logShares, labels, shape);
    expect(accumulator.expectedCalibrationError()).toBeAllclose(
      expectedCalibrationError(logShares, labels, shape),
      { atol: 1e-12 },
    );
  });

  test("with half a vote for each class the shares are too cautious: the temperature is below 1", async (ctx) => {
    const { shares, labels } = await readVotes(ctx);
    // A label without any vote has likelihood 0; at 51 votes an image half a vote is 0.01.
    const logits = shares.map((p) => Math.log(p + 0.01));
    const { temperature, kind } = fitTemperature(logits, labels, shape);
    expect(kind).toBe("interior");
    expect(temperature).toBeLessThan(1);
    expect(negativeLogLikelihood(logits, labels, shape, { temperature })).toBeLessThan(
      negativeLogLikelihood(logits, labels, shape),
    );
  });
});
