// A run of seconds by any method of the table, the same in every process that is told its name.
import { join } from "node:path";
import type { TrainOptions } from "../src/config.ts";
import type { Engine } from "../src/engine.ts";
import { createMethod } from "../src/methods/table.ts";
import { initialWeights } from "../src/models/model.ts";
import { createModel } from "../src/models/table.ts";
import type { NetworkTeacher } from "../src/teachers/teacher.ts";
import { toyData } from "./toy-data.ts";

/** Four epochs of six batches of 16 rows. */
export function smallRun(
  folder: string,
  engine: Engine,
  method: string,
  model: string,
): TrainOptions & { readonly teacher: NetworkTeacher } {
  const network = createModel(model, { input: [8, 8, 1], classes: 4 });
  return {
    folder,
    engine,
    data: toyData(),
    model,
    method: createMethod(method),
    teacher: { folder: join(folder, "..", "teacher"), weights: initialWeights(network, 9) },
    seed: 1,
    generation: 0,
    epochs: 4,
    batchSize: 16,
    optimizer: { learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4 },
    schedule: { name: "cosine" },
  };
}
