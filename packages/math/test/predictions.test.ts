import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { argmax, softmax } from "../src/index.ts";
import { predictionsInto } from "../src/kernels.ts";

function predict(logits: readonly number[], labels: readonly number[], k: number) {
  const n = labels.length;
  const [confidence, correct] = [new Float64Array(n).fill(7), new Uint8Array(n).fill(7)];
  predictionsInto(confidence, correct, Float64Array.from(logits), Int32Array.from(labels), n, k);
  return { confidence: [...confidence], correct: [...correct] };
}

describe("predictionsInto", () => {
  test("hand values: a tie goes to the first class", () => {
    const { confidence, correct } = predict([3, 3, 0, 1e4, Math.log(3), 0], [0, 1, 0], 2);
    expect(confidence).toBeAllclose([0.5, 1, 0.75], { rtol: 1e-15 });
    expect(correct).toEqual([1, 1, 1]);
    expect(predict([3, 3, 0, 1e4, Math.log(3), 0], [1, 0, 1], 2).correct).toEqual([0, 0, 0]);
  });

  test("is the largest probability, and whether argmax is the label", () => {
    fc.assert(
      fc.property(rows(), ({ logits, labels, shape, n, k }) => {
        const [confidence, correct] = [new Float64Array(n), new Uint8Array(n)];
        predictionsInto(confidence, correct, logits, labels, n, k);
        const p = softmax(Float64Array.from(logits), shape);
        const best = argmax(logits, shape);
        for (let i = 0; i < n; i++) {
          const largest = Math.max(...p.subarray(i * k, (i + 1) * k));
          expect(confidence[i]).toBeAllclose(largest, { rtol: 1e-14 });
          expect(correct[i]).toBe(best[i] === labels[i] ? 1 : 0);
        }
      }),
    );
  });

  test("NaN never is the prediction; without a finite maximum there is no confidence", () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    const logits = [nan, 1, inf, inf, -inf, -inf, nan, -inf, nan, nan];
    const { confidence, correct } = predict(logits, [1, 0, 0, 0, 0], 2);
    expect(confidence).toEqual([nan, nan, nan, nan, nan]);
    expect(correct).toEqual([1, 1, 1, 1, 1]);
  });

  test("a masked class and a label that is no class", () => {
    expect(predict([2, -Infinity, 2, -Infinity, 2, 1], [-1, 1], 3)).toEqual({
      confidence: [0.5, 1 / (1 + Math.exp(-1))],
      correct: [0, 1],
    });
  });
});
