import { lookUp } from "../errors.ts";
import { lenet } from "./lenet.ts";
import { mlp } from "./mlp.ts";
import type { Model, ModelShape } from "./model.ts";

/** The networks by name. A new one is a file beside this and a row here. */
export const models: Readonly<Record<string, (shape: ModelShape) => Model>> = { lenet, mlp };

/** Makes the network `name` for images and classes of `shape`; an unknown name is a typed error that lists the known ones. */
export function createModel(name: string, shape: ModelShape): Model {
  return lookUp(models, "model", name)(shape);
}
