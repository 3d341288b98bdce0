// Writes TensorFlow's GraphDef and SavedModel messages. Field numbers are those of
// tensorflow/core/framework/ {graph,node_def,attr_value,tensor,tensor_shape,versions}.proto and
// core/protobuf/{meta_graph,saved_model}.proto.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { DType, type Values } from "./node-backend.ts";

/** The graph version that this writer's nodes are written for (TensorFlow 2.x). */
const PRODUCER = 1087;

/** A constant tensor. One value for a larger shape is repeated by TensorFlow. */
export interface TensorValue {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** The value of a node's attribute. */
export type AttrValue =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "bools"; readonly value: readonly boolean[] }
  | { readonly kind: "type"; readonly value: number }
  | { readonly kind: "shape"; readonly value: readonly number[] }
  | { readonly kind: "tensor"; readonly value: TensorValue };

/** One operation: `inputs` are `name`, `name:output` or, as a control edge, `^name`. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttrValue>>;
}

/** A tensor of a graph that a signature names. */
export interface SignatureTensor {
  /** `node:output` */
  readonly tensor: string;
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** What a saved model takes and gives, by the names that its users see. */
export interface ModelSignature {
  readonly inputs: Readonly<Record<string, SignatureTensor>>;
  readonly outputs: Readonly<Record<string, SignatureTensor>>;
}

/**
 * The file `saved_model.pb` of a model that holds one graph, with the tag "serve" and, if given, the
 * signature "serving_default".
 */
export function savedModelBytes(
  nodes: readonly GraphNode[],
  signature?: ModelSignature,
): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(1);
  message(writer, 2, () => {
    message(writer, 1, () => text(writer, 4, "serve"));
    message(writer, 2, () => writeGraph(writer, nodes));
    if (signature === undefined) return;
    message(writer, 5, () => {
      text(writer, 1, "serving_default");
      message(writer, 2, () => writeSignature(writer, signature));
    });
  });
  return writer.finish();
}

function writeSignature(writer: BinaryWriter, { inputs, outputs }: ModelSignature): void {
  for (const [field, tensors] of [inputs, outputs].entries()) {
    for (const [name, { tensor, dtype, shape }] of Object.entries(tensors)) {
      message(writer, field + 1, () => {
        text(writer, 1, name);
        message(writer, 2, () => {
          text(writer, 1, tensor);
          writer.tag(2, WireType.Varint).int32(dtype);
          message(writer, 3, () => writeShape(writer, shape));
        });
      });
    }
  }
  text(writer, 3, "tensorflow/serving/predict");
}

/** The message GraphDef. */
export function graphDefBytes(nodes: readonly GraphNode[]): Uint8Array {
  const writer = new BinaryWriter();
  writeGraph(writer, nodes);
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, nodes: readonly GraphNode[]): void {
  for (const node of nodes) message(writer, 1, () => writeNode(writer, node));
  message(writer, 4, () => writer.tag(1, WireType.Varint).int32(PRODUCER));
}

function writeNode(writer: BinaryWriter, { name, op, inputs, attributes }: GraphNode): void {
  text(writer, 1, name);
  text(writer, 2, op);
  for (const input of inputs) text(writer, 3, input);
  for (const [key, value] of Object.entries(attributes)) {
    message(writer, 5, () => {
      text(writer, 1, key);
      message(writer, 2, () => writeAttribute(writer, value));
    });
  }
}

function writeAttribute(writer: BinaryWriter, attribute: AttrValue): void {
  switch (attribute.kind) {
    case "string":
      text(writer, 2, attribute.value);
      return;
    case "int":
      writer.tag(3, WireType.Varint).int64(attribute.value);
      return;
    case "float":
      writer.tag(4, WireType.Bit32).float(attribute.value);
      return;
    case "bool":
      writer.tag(5, WireType.Varint).bool(attribute.value);
      return;
    case "type":
      writer.tag(6, WireType.Varint).int32(attribute.value);
      return;
    case "shape":
      message(writer, 7, () => writeShape(writer, attribute.value));
      return;
    case "tensor":
      message(writer, 8, () => writeTensor(writer, attribute.value));
      return;
    case "ints":
      message(writer, 1, () => packed(writer, 3, attribute.value, (v) => writer.int64(v)));
      return;
    case "floats":
      message(writer, 1, () => packed(writer, 4, attribute.value, (v) => writer.float(v)));
      return;
    case "bools":
      message(writer, 1, () => packed(writer, 5, attribute.value, (v) => writer.bool(v)));
  }
}

function writeShape(writer: BinaryWriter, shape: readonly number[]): void {
  for (const size of shape) message(writer, 2, () => writer.tag(1, WireType.Varint).int64(size));
}

function writeTensor(writer: BinaryWriter, { dtype, shape, values }: TensorValue): void {
  writer.tag(1, WireType.Varint).int32(dtype);
  message(writer, 2, () => writeShape(writer, shape));
  const repeated = dtype !== DType.int64 && values.length === 1;
  if (!repeated) {
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    writer.tag(4, WireType.LengthDelimited).bytes(content);
  } else if (dtype === DType.float32) {
    packed(writer, 5, values, (v) => writer.float(v));
  } else if (dtype === DType.int32) {
    packed(writer, 7, values, (v) => writer.int32(v));
  } else {
    packed(writer, 11, values, (v) => writer.bool(v !== 0));
  }
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function packed<T>(
  writer: BinaryWriter,
  field: number,
  values: Iterable<T>,
  write: (value: T) => void,
): void {
  message(writer, field, () => {
    for (const value of values) write(value);
  });
}
