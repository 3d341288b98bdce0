// Einstein's summation, which the wasm backend has not got: transposed, then one matrix product.
import * as tf from "@tensorflow/tfjs";
import { type KernelCall, tensorOf } from "./kernel.ts";

type Call = KernelCall<Readonly<Record<string, tf.TensorInfo>>, { readonly equation: string }>;

/** A tensor whose axes have names: numbers that say which index of the equation they run over. */
interface Named {
  readonly tensor: tf.Tensor;
  readonly axes: readonly number[];
}

/**
 * `Einsum` of one or two tensors.
 *
 * Axes that one operand alone has and the output has not are summed first. Of the others, those of
 * both operands and the output number the matrices of a batch, those of both operands alone are
 * summed by the product, and the rest are rows or columns.
 */
export function einsum({ inputs, attrs, backend }: Call): tf.TensorInfo {
  const infos = Object.values(inputs);
  const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(
    attrs.equation,
    infos.length,
  );
  return tf.tidy(() => {
    const tensors = infos.map((info) => tensorOf(info, backend) as tf.Tensor);
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
    const output = Array.from({ length: allDims.length - summedDims.length }, (_, axis) => axis);
    const named = tensors.map((tensor, i): Named => ({ tensor, axes: idDims[i]! }));
    const [a, b] = named as [Named, Named?];
    const result = b === undefined ? summedTo(a, output) : product(a, b, output);
    // A copy, since the result may be an input as it is.
    return tf.clone(inOrder(result, output));
  });
}

/** `x` summed over the axes that are not among `kept`. */
function summedTo({ tensor, axes }: Named, kept: readonly number[]): Named {
  const lost = axes.flatMap((axis, i) => (kept.includes(axis) ? [] : [i]));
  if (lost.length === 0) return { tensor, axes };
  return { tensor: tf.sum(tensor, lost), axes: axes.filter((axis) => kept.includes(axis)) };
}

/** `x` with its axes in the given order. */
function inOrder({ tensor, axes }: Named, order: readonly number[]): tf.Tensor {
  const perm = order.map((axis) => axes.indexOf(axis));
  return perm.every((from, to) => from === to) ? tensor : tf.transpose(tensor, perm);
}

function product(first: Named, second: Named, output: readonly number[]): Named {
  const a = summedTo(first, [...second.axes, ...output]);
  const b = summedTo(second, [...first.axes, ...output]);
  const shared = a.axes.filter((axis) => b.axes.includes(axis));
  const batch = shared.filter((axis) => output.includes(axis));
  const summed = shared.filter((axis) => !output.includes(axis));
  const rows = a.axes.filter((axis) => !shared.includes(axis));
  const columns = b.axes.filter((axis) => !shared.includes(axis));
  const sizes = (axes: readonly number[]): number[] =>
    axes.map((axis) => {
      const { tensor, axes: own } = a.axes.includes(axis) ? a : b;
      return tensor.shape[own.indexOf(axis)]!;
    });
  const count = (axes: readonly number[]): number => sizes(axes).reduce((x, y) => x * y, 1);
  const matrices = (x: Named, left: readonly number[], right: readonly number[]): tf.Tensor3D =>
    tf.reshape(inOrder(x, [...batch, ...left, ...right]), [
      count(batch),
      count(left),
      count(right),
    ]);
  const axes = [...batch, ...rows, ...columns];
  const products = tf.matMul(matrices(a, rows, summed), matrices(b, summed, columns));
  return { tensor: tf.reshape(products, sizes(axes)), axes };
}
