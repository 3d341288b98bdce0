import { lenet, mlp, packWeights, TrainerError, unpackWeights } from "@sd/trainer-gpu";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { permuteAxes } from "../src/checkpoint.ts";
import { formulaTensors } from "./formula.ts";

describe("permuteAxes", () => {
  test("transposes a matrix", () => {
    const out = permuteAxes(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0]);
    expect([...out]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  test("moves channels first", () => {
    // Two pixels of three channels: [1, 2, 3] → [3, 1, 2].
    const out = permuteAxes(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3], [2, 0, 1]);
    expect([...out]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  test("agrees with index arithmetic, and its inverse undoes it", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    const cases = shapes.chain((view) =>
      fc.record({
        view: fc.constant(view),
        permutation: fc.shuffledSubarray(
          view.map((_, i) => i),
          { minLength: view.length },
        ),
      }),
    );
    fc.assert(
      fc.property(cases, ({ view, permutation }) => {
        const size = view.reduce((a, b) => a * b, 1);
        const data = Float32Array.from({ length: size }, (_, i) => i);
        const out = permuteAxes(data, view, permutation);
        const shape = permutation.map((axis) => view[axis]!);
        const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
        expect(permuteAxes(out, shape, inverse)).toEqual(data);
        // Element `index` of the result is element `index ∘ inverse` of the source.
        for (let flat = 0; flat < size; flat++) {
          const index: number[] = [];
          let rest = flat;
          for (const axis of [...shape].reverse()) {
            index.unshift(rest % axis);
            rest = Math.floor(rest / axis);
          }
          const source = view.reduce((at, axis, i) => at * axis + index[inverse[i]!]!, 0);
          expect(out[flat]).toBe(source);
        }
      }),
    );
  });
});

describe("weights in PyTorch's layout", () => {
  const network = lenet({ input: [28, 28, 1], classes: 10 });

  test("unpacking and packing gives the same tensors", () => {
    const tensors = formulaTensors();
    expect(packWeights(network, unpackWeights(network, tensors))).toEqual(tensors);
  });

  test("a convolution's weight is OIHW there, HWIO here", () => {
    const { "conv2.weight": weight } = unpackWeights(network, formulaTensors());
    const torch = formulaTensors()["conv2.weight"]!.data;
    const [h, w, i, o] = [4, 1, 11, 30];
    const here = ((h * 5 + w) * 16 + i) * 32 + o;
    expect(weight![here]).toBe(torch[((o * 16 + i) * 5 + h) * 5 + w]);
  });

  test("the first dense layer takes pixels here, channels there", () => {
    const { "fc1.weight": weight } = unpackWeights(network, formulaTensors());
    const torch = formulaTensors()["fc1.weight"]!.data;
    const [y, x, c, o] = [2, 6, 17, 99];
    const here = ((y * 7 + x) * 32 + c) * 128 + o;
    expect(weight![here]).toBe(torch[o * 1568 + (c * 7 + y) * 7 + x]);
  });

  test.each([
    ["is missing", (t: Record<string, unknown>) => delete t["fc2.bias"], "got none"],
    [
      "has another shape",
      (t: Record<string, unknown>) => {
        t["fc2.bias"] = { dtype: "F32", shape: [2, 5], data: new Float32Array(10) };
      },
      "got F32 [2, 5]",
    ],
    [
      "has another type",
      (t: Record<string, unknown>) => {
        t["fc2.bias"] = { dtype: "F64", shape: [10], data: new Float64Array(10) };
      },
      "got F64 [10]",
    ],
  ])("a tensor that %s is named", (_, spoil, got) => {
    const tensors = formulaTensors();
    spoil(tensors);
    const load = (): unknown => unpackWeights(network, tensors);
    expect(load).toThrow(TrainerError);
    expect(load).toThrow(`tensor \`fc2.bias\`: expected F32 [10], ${got}`);
  });

  test("a prefix stands before every name", () => {
    const small = mlp({ input: [2, 2, 1], classes: 3 });
    const weights = Object.fromEntries(
      small.parameters.map(({ name, shape }) => [
        name,
        new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(2),
      ]),
    );
    const packed = packWeights(small, weights, "ema.") as ReturnType<typeof formulaTensors>;
    expect(Object.keys(packed)).toEqual([
      "ema.fc1.weight",
      "ema.fc1.bias",
      "ema.fc2.weight",
      "ema.fc2.bias",
    ]);
    expect(unpackWeights(small, packed, "ema.")).toEqual(weights);
  });
});
