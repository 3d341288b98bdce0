// Trains in a process that does nothing else, and prints what became of its memory, in MB: step-memory.ts <network> <batch>
// <warm-up steps> <steps>.
import { openEngine } from "@sd/trainer-gpu";
import * as tf from "@tensorflow/tfjs";
import { median } from "../measure.ts";
import { createStep } from "../training-step.ts";

/** Memory of a process that trains. */
export interface Steady {
  /** The resident size over the last steps of the warm-up, and over the last of all. */
  readonly before: number;
  readonly after: number;
  readonly peak: number;
  /** How many more tensors tfjs and the engine hold after the steps than before. */
  readonly tensors: number;
}

const WINDOW = 20;
const [network = "", batch, warm, steps] = process.argv.slice(2);
await openEngine({ name: "native", install: false });
const { step } = createStep(network, Number(batch));
const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
const held = (): number => tf.memory().numTensors + binding.getNumOfTensors();

async function train(count: number): Promise<number> {
  const sizes: number[] = [];
  for (let i = 0; i < count; i++) {
    await step();
    if (i >= count - WINDOW) sizes.push(process.memoryUsage.rss() / 2 ** 20);
  }
  return median(sizes);
}

const before = await train(Number(warm));
const tensors = held();
const after = await train(Number(steps));
const peak = process.resourceUsage().maxRSS / 1024;
const result: Steady = { before, after, peak, tensors: held() - tensors };
process.stdout.write(JSON.stringify(result));
