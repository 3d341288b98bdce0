import { lookUp } from "../errors.ts";
import { densenetBc100x12 } from "./densenet.ts";
import { lenet } from "./lenet.ts";
import { mlp } from "./mlp.ts";
import type { Model, ModelShape } from "./model.ts";
import { preactResnet18 } from "./preactivation-resnet.ts";
import { resnet8, resnet18, resnet20, resnet34, resnet56 } from "./resnet.ts";
import { wideResnet16x4 } from "./wide-resnet.ts";

/** The networks by name. A new one is a file beside this and a row here. */
export const models: Readonly<Record<string, (shape: ModelShape) => Model>> = {
  mlp,
  lenet,
  "resnet-8": resnet8,
  "resnet-20": resnet20,
  "resnet-56": resnet56,
  "resnet-18": resnet18,
  "resnet-34": resnet34,
  "preact-resnet-18": preactResnet18,
  "wide-resnet-16-4": wideResnet16x4,
  "densenet-bc-100-12": densenetBc100x12,
};

/**
 * Makes the network `name` for images and classes of `shape`; an unknown name is a typed error that
 * lists the known ones.
 */
export function createModel(name: string, shape: ModelShape): Model {
  return lookUp(models, "model", name)(shape);
}
