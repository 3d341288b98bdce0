import { compileProgram } from "@sd/tfjs-compile";
import * as tf from "@tensorflow/tfjs";
import { EVALUATION, type Model, sizeOf } from "../models/model.ts";
import { type Arrays, createVariables } from "../session-variables.ts";
import type { LogitTeacher, TeacherBatch } from "./teacher.ts";

/** A network in evaluation mode, with a program of its own. */
export function openNetwork(
  model: Model,
  weights: Arrays,
  batchSize: number,
): Required<Pick<LogitTeacher, "logits" | "dispose">> {
  const variables = createVariables([...model.parameters, ...model.buffers], (n) => weights[n]);
  const program = compileProgram({
    variables,
    entries: {
      predict: ({ images }: { images: tf.Tensor }) => ({
        logits: model.forward(variables, images as tf.Tensor4D, EVALUATION),
      }),
    },
    specs: { predict: [{ images: { shape: [batchSize, ...model.input] } }] },
  });
  return {
    async logits({ images }: TeacherBatch) {
      const input = {
        images: tf.tensor(images, [images.length / sizeOf(model.input), ...model.input]),
      };
      const { logits } = program.run("predict", input);
      tf.dispose(input);
      const values = (await logits.data()) as Float32Array;
      logits.dispose();
      return values;
    },
    dispose() {
      program.dispose();
      tf.dispose(variables as Record<string, tf.Variable>);
    },
  };
}
