import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import {
  type AttrValue,
  type GraphNode,
  graphDefBytes,
  savedModelBytes,
} from "../src/graph-def.ts";
import { DType } from "../src/node-backend.ts";

/** A message as field number → the values of that field, bytes and numbers undecoded. */
type Message = Map<number, (Uint8Array | number)[]>;

function decode(bytes: Uint8Array): Message {
  const reader = new BinaryReader(bytes);
  const fields: Message = new Map();
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    let value: Uint8Array | number;
    if (wire === WireType.Varint) value = Number(reader.int64());
    else if (wire === WireType.Bit32) value = reader.float();
    else value = reader.bytes();
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const bytesOf = (message: Message, field: number, i = 0): Uint8Array =>
  message.get(field)![i] as Uint8Array;
const inside = (message: Message, ...path: number[]): Message =>
  path.reduce((m, field) => decode(bytesOf(m, field)), message);
const textOf = (message: Message, field: number): string[] =>
  (message.get(field) ?? []).map((b) => new TextDecoder().decode(b as Uint8Array));

function attribute(value: AttrValue): Message {
  const node: GraphNode = { name: "n", op: "Op", inputs: [], attributes: { key: value } };
  const entry = inside(decode(graphDefBytes([node])), 1, 5);
  expect(textOf(entry, 1)).toEqual(["key"]);
  return inside(entry, 2);
}

describe("a node", () => {
  test("has its name, operation and inputs in order", () => {
    const node: GraphNode = {
      name: "a/b",
      op: "MatMul",
      inputs: ["x", "y:1", "^z"],
      attributes: {},
    };
    const graph = decode(graphDefBytes([node, { ...node, name: "c" }]));
    expect(graph.get(1)).toHaveLength(2);
    const message = inside(graph, 1);
    expect(textOf(message, 1)).toEqual(["a/b"]);
    expect(textOf(message, 2)).toEqual(["MatMul"]);
    expect(textOf(message, 3)).toEqual(["x", "y:1", "^z"]);
    expect(inside(graph, 4).get(1)).toEqual([1087]);
  });

  test("is written byte by byte as the format says", () => {
    const node: GraphNode = {
      name: "n",
      op: "A",
      inputs: ["x"],
      attributes: { T: { kind: "type", value: 1 } },
    };
    const expected = [10, 18, 10, 1, 110, 18, 1, 65, 26, 1, 120, 42, 7, 10, 1, 84, 18, 2, 48, 1];
    expect([...graphDefBytes([node])]).toEqual([...expected, 34, 3, 8, 191, 8]);
  });
});

describe("an attribute", () => {
  test("of each scalar kind", () => {
    expect(textOf(attribute({ kind: "string", value: "SAME" }), 2)).toEqual(["SAME"]);
    expect(attribute({ kind: "int", value: -3 }).get(3)).toEqual([-3]);
    expect(attribute({ kind: "float", value: 0.5 }).get(4)).toEqual([0.5]);
    expect(attribute({ kind: "bool", value: true }).get(5)).toEqual([1]);
    expect(attribute({ kind: "bool", value: false }).get(5)).toEqual([0]);
    expect(attribute({ kind: "type", value: DType.bool }).get(6)).toEqual([10]);
  });

  test("of each list kind, packed", () => {
    const list = (value: AttrValue, field: number) => [
      ...bytesOf(inside(attribute(value), 1), field),
    ];
    expect(list({ kind: "ints", value: [1, 2, 300] }, 3)).toEqual([1, 2, 172, 2]);
    expect(list({ kind: "bools", value: [true, false] }, 5)).toEqual([1, 0]);
    expect(list({ kind: "floats", value: [1] }, 4)).toEqual([0, 0, 128, 63]);
  });

  test("that is a shape, of a scalar as well", () => {
    const shape = inside(attribute({ kind: "shape", value: [2, 0, 5] }), 7);
    const sizes = shape.get(2)!.map((dim) => decode(dim as Uint8Array).get(1)?.[0]);
    expect(sizes).toEqual([2, 0, 5]);
    expect(inside(attribute({ kind: "shape", value: [] }), 7).size).toBe(0);
  });
});

describe("a constant", () => {
  const tensor = (dtype: number, shape: number[], values: Float32Array | Int32Array | Uint8Array) =>
    inside(attribute({ kind: "tensor", value: { dtype, shape, values } }), 8);

  test("has its bytes as content", () => {
    const message = tensor(DType.float32, [2], Float32Array.of(1, -2));
    expect(message.get(1)).toEqual([1]);
    expect([...bytesOf(message, 4)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
  });

  test("that is part of a larger buffer has only its own bytes", () => {
    const values = Int32Array.of(7, 8, 9).subarray(1, 3);
    expect([...bytesOf(tensor(DType.int32, [2], values), 4)]).toEqual([8, 0, 0, 0, 9, 0, 0, 0]);
  });

  test("filled with one value has that value", () => {
    const filled = tensor(DType.float32, [100, 100], Float32Array.of(0.5));
    expect([...bytesOf(filled, 5)]).toEqual([0, 0, 0, 63]);
    expect(filled.has(4)).toBe(false);
    const ints = tensor(DType.int32, [9], Int32Array.of(-1));
    expect([...bytesOf(ints, 7)]).toEqual([255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
    expect([...bytesOf(tensor(DType.bool, [9], Uint8Array.of(1)), 11)]).toEqual([1]);
  });

  test("of 64 bits has two words an element", () => {
    const message = tensor(DType.int64, [], Int32Array.of(-1, -1));
    expect([...bytesOf(message, 4)]).toEqual(Array(8).fill(255));
  });

  test("without elements has no bytes", () => {
    expect(bytesOf(tensor(DType.float32, [0], new Float32Array(0)), 4)).toHaveLength(0);
  });
});

test("a saved model holds the graph under the tag that it is loaded by", () => {
  const nodes: GraphNode[] = [{ name: "n", op: "NoOp", inputs: [], attributes: {} }];
  const model = decode(savedModelBytes(nodes));
  expect(model.get(1)).toEqual([1]);
  expect(textOf(inside(model, 2, 1), 4)).toEqual(["serve"]);
  expect(bytesOf(inside(model, 2), 2)).toEqual(graphDefBytes(nodes));
});

test("a saved model has its signature under the name that servers look for", () => {
  const tensor = { tensor: "g/x:0", dtype: DType.uint8, shape: [2, 3] };
  const signature = { inputs: { images: tensor }, outputs: { logits: tensor } };
  const entry = inside(decode(savedModelBytes([], signature)), 2, 5);
  expect(textOf(entry, 1)).toEqual(["serving_default"]);
  const body = inside(entry, 2);
  expect(textOf(body, 3)).toEqual(["tensorflow/serving/predict"]);
  for (const [field, name] of [
    [1, "images"],
    [2, "logits"],
  ] as const) {
    expect(textOf(inside(body, field), 1)).toEqual([name]);
    const info = inside(body, field, 2);
    expect([textOf(info, 1), info.get(2)]).toEqual([["g/x:0"], [4]]);
    const sizes = inside(info, 3)
      .get(2)!
      .map((dim) => decode(dim as Uint8Array).get(1)?.[0]);
    expect(sizes).toEqual([2, 3]);
  }
});
