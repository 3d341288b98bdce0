// A product with a transpose flag takes a slow path in the wasm backend; transposing first does
// not.
import * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "./kernel.ts";

type Call = KernelCall<
  { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo },
  { readonly transposeA: boolean; readonly transposeB: boolean }
>;

/**
 * `BatchMatMul` that transposes its operands before it calls `product`, tfjs's own kernel.
 *
 * Batches of more than one matrix stay on the kernel's own path, which is the slow one with or
 * without the flags.
 */
export function batchMatMul(product: tf.KernelFunc): (call: Call) => tf.TensorInfo {
  return (call) => {
    const { inputs, attrs, backend } = call;
    const { transposeA, transposeB } = attrs;
    const single = isOneMatrix(inputs.a) && isOneMatrix(inputs.b);
    if (!single || !(transposeA || transposeB)) return run(product, call);
    const a = transposeA ? transposed(inputs.a, backend) : inputs.a;
    const b = transposeB ? transposed(inputs.b, backend) : inputs.b;
    try {
      const plain = { transposeA: false, transposeB: false };
      return run(product, { inputs: { a, b }, attrs: plain, backend });
    } finally {
      if (transposeA) backend.disposeData(a.dataId);
      if (transposeB) backend.disposeData(b.dataId);
    }
  };
}

const isOneMatrix = ({ shape }: tf.TensorInfo): boolean => shape.slice(0, -2).every((n) => n === 1);

function transposed(x: tf.TensorInfo, backend: tf.KernelBackend): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  const kernel = tf.getKernel("Transpose", "wasm").kernelFunc;
  return run(kernel, { inputs: { x }, attrs: { perm }, backend });
}

function run(
  kernel: tf.KernelFunc,
  { inputs, attrs, backend }: KernelCall<Record<string, tf.TensorInfo>, object>,
): tf.TensorInfo {
  return kernel({ inputs, attrs: attrs as tf.NamedAttrMap, backend }) as tf.TensorInfo;
}
