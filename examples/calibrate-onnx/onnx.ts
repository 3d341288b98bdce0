// Writes a linear classifier, logits = x W + b, as an ONNX file: a few nested protobuf messages.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Writes one field of the message around it. */
type Field = (writer: BinaryWriter) => void;

const integer =
  (number: number, value: number): Field =>
  (w) =>
    w.tag(number, WireType.Varint).int64(value);
const text =
  (number: number, value: string): Field =>
  (w) =>
    w.tag(number, WireType.LengthDelimited).string(value);
const bytes =
  (number: number, value: Uint8Array): Field =>
  (w) =>
    w.tag(number, WireType.LengthDelimited).bytes(value);
const message =
  (number: number, ...fields: readonly Field[]): Field =>
  (w) => {
    w.tag(number, WireType.LengthDelimited).fork();
    for (const field of fields) field(w);
    w.join();
  };

// The numbers of the fields are those of onnx.proto, by the names of their messages.
const FLOAT = 1;

/** ValueInfoProto: a matrix of any number of rows. */
const matrix = (number: number, name: string, columns: number): Field => {
  const dimensions = [message(1, text(2, "rows")), message(1, integer(1, columns))];
  return message(
    number,
    text(1, name),
    message(2, message(1, integer(1, FLOAT), message(2, ...dimensions))),
  );
};

/** TensorProto: a constant. The raw data are little-endian, as the processors are that run this. */
const constant = (name: string, data: Float32Array, dimensions: readonly number[]): Field =>
  message(
    5,
    ...dimensions.map((size) => integer(1, size)),
    integer(2, FLOAT),
    text(8, name),
    bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );

/** NodeProto */
const node = (operator: string, inputs: readonly string[], output: string): Field =>
  message(1, ...inputs.map((name) => text(1, name)), text(2, output), text(4, operator));

export interface LinearClassifier {
  readonly inputs: number;
  readonly classes: number;
  /** `[inputs, classes]` */
  readonly weights: Float32Array;
  /** `[classes]` */
  readonly bias: Float32Array;
}

/** The bytes of a ModelProto: `x` [rows, inputs] goes in, `logits` [rows, classes] come out. */
export function encodeOnnx({ inputs, classes, weights, bias }: LinearClassifier): Uint8Array {
  const graph = message(
    7,
    node("Gemm", ["x", "weights", "bias"], "logits"),
    text(2, "linear classifier"),
    constant("weights", weights, [inputs, classes]),
    constant("bias", bias, [classes]),
    matrix(11, "x", inputs),
    matrix(12, "logits", classes),
  );
  const writer = new BinaryWriter();
  // The version of the format, and of the operators.
  for (const field of [integer(1, 8), graph, message(8, integer(2, 17))]) field(writer);
  return writer.finish();
}
