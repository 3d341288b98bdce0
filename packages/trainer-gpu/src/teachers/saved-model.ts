import { loadNativeBackend, type SavedModel } from "@sd/tfjs-native";
import * as tf from "@tensorflow/tfjs";
import { TrainerError } from "../errors.ts";
import type { LogitTeacher } from "./teacher.ts";

/** How a SavedModel is asked. */
export interface SavedModelOptions {
  /** @defaultValue ["serve"] */
  readonly tags?: readonly string[];
  /** @defaultValue "serving_default" */
  readonly signature?: string;
  /** The output that holds the logits `[m, k]`. @defaultValue the only one */
  readonly output?: string;
  /**
   * What the model takes, from the images `[m, h, w, c]` as the student sees them.
   * @defaultValue those very images
   */
  readonly prepare?: (images: tf.Tensor4D) => tf.Tensor;
}

/** The name of the input, and of the output that is read. */
function endpointsOf({ signature }: SavedModel, folder: string, wanted?: string): [string, string] {
  const fail = (what: string, found: readonly string[]): never => {
    const list = found.join(", ") || "none";
    throw new TrainerError("BAD_OPTION", `${folder}: expected ${what}, got ${list}`);
  };
  const [inputs, outputs] = [Object.keys(signature.inputs), Object.keys(signature.outputs)];
  if (inputs.length !== 1) fail("one input", inputs);
  if (wanted === undefined && outputs.length !== 1)
    fail("one output, or the option `output`", outputs);
  const output = wanted ?? outputs[0]!;
  if (!outputs.includes(output)) fail(`an output \`${output}\``, outputs);
  return [inputs[0]!, output];
}

/**
 * A teacher from a TensorFlow SavedModel, of any origin; it runs on the native engine.
 *
 * @param folder - The folder that holds saved_model.pb.
 * @throws TrainerError `BAD_OPTION` where the signature has not one input, or not the output.
 * @throws EngineError where the native engine is not installed.
 */
export async function savedModelTeacher(
  folder: string,
  { tags = ["serve"], signature = "serving_default", output, prepare }: SavedModelOptions = {},
): Promise<LogitTeacher> {
  const { loadSavedModel } = await loadNativeBackend();
  const model = await loadSavedModel(folder, tags, signature);
  const [from, to] = endpointsOf(model, folder, output);
  return {
    description: { savedModel: folder, tags, signature, output: to },
    seesImages: true,
    async logits({ images, shape }) {
      const outputs = tf.tidy(() => {
        const batch = tf.tensor(images, [...shape]) as tf.Tensor4D;
        return model.predict({ [from]: prepare?.(batch) ?? batch });
      });
      const values = (await outputs[to]!.data()) as Float32Array;
      tf.dispose(outputs);
      return values;
    },
    dispose: () => model.dispose(),
  };
}
