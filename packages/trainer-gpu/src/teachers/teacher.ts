// Who teaches: a network whose weights are at hand, or anything else that gives logits.
import type { ModelShape } from "../models/model.ts";
import { createModel } from "../models/table.ts";
import type { Arrays } from "../session-variables.ts";
import { openNetwork } from "./network-teacher.ts";

/** A batch as a teacher sees it. */
export interface TeacherBatch {
  /** `[m, h, w, c]`, normalised and augmented as the student sees them. */
  readonly images: Float32Array;
  /** `[m]`, rows of the training set. */
  readonly indices: Int32Array;
  readonly shape: readonly [m: number, h: number, w: number, c: number];
}

/** A network that teaches, by its weights. */
export interface NetworkTeacher {
  /** The run that it comes from, for the record. */
  readonly folder?: string;
  /** What it is where it is no run's, for the record. JSON values. */
  readonly description?: object;
  /** The name of the network. @defaultValue the student's */
  readonly model?: string;
  readonly weights: Arrays;
}

/** Anything that gives logits. */
export interface LogitTeacher {
  /** What it is, for the record. JSON values. */
  readonly description: object;
  /** Whether it looks at the images. One that knows rows of the training set alone has nothing to say of augmented ones. */
  readonly seesImages: boolean;
  /** The logits `[m, k]`. */
  logits(batch: TeacherBatch): Promise<Float32Array>;
  dispose?(): void;
}

/** Who teaches: constant through all of training. */
export type Teacher = NetworkTeacher | LogitTeacher;

export const isNetwork = (teacher: Teacher): teacher is NetworkTeacher => "weights" in teacher;

/** What a teacher is opened for. */
export interface OpenOptions extends ModelShape {
  /** The student's network, which a teacher without a name has as well. */
  readonly model: string;
  readonly batchSize: number;
}

/** A teacher that gives logits, whatever it is; the caller disposes of it. */
export function openTeacher(teacher: Teacher, options: OpenOptions): LogitTeacher {
  if (!isNetwork(teacher)) return teacher;
  const { model = options.model, weights, folder, description } = teacher;
  const network = openNetwork(createModel(model, options), weights, options.batchSize);
  return {
    description: folder === undefined ? { ...description, model } : { run: folder, model },
    seesImages: true,
    ...network,
  };
}
