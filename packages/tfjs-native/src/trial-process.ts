// The process that `tryEngine` starts: its answer is one line of JSON.
import type * as TensorFlow from "@tensorflow/tfjs";
import { loadNativeBackend } from "./load.ts";
import { MARK, type TrialResult } from "./trial.ts";

const SIZE = 1024;

/** Multiplies two matrices and returns billions of floating-point operations a second, of the best try. */
function matmulSpeed(tf: typeof TensorFlow): number {
  const [a, b] = [tf.ones([SIZE, SIZE]), tf.ones([SIZE, SIZE])];
  const once = (): number => {
    const start = process.hrtime.bigint();
    const c = tf.matMul(a, b);
    const [first] = c.dataSync();
    c.dispose();
    if (first !== SIZE) throw new Error(`a matrix product is wrong: ${first} instead of ${SIZE}`);
    return Number(process.hrtime.bigint() - start);
  };
  return (2 * SIZE ** 3) / Math.min(...Array.from({ length: 5 }, once));
}

async function answer(): Promise<TrialResult | { readonly error: string }> {
  try {
    const { tf, gpuProblem, ...engine } = await loadNativeBackend();
    const result = { ...engine, gigaflops: matmulSpeed(tf) };
    return gpuProblem === undefined ? result : { ...result, gpuProblem };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

process.stdout.write(`${MARK}${JSON.stringify(await answer())}\n`);
