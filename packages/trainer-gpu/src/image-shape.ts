// The images that a network sees, which may be of another size than those of the data set.
import { type ImageAugmentation, type ImageDataset, type ImageSize, Loader } from "@sd/data";
import type { TrainOptions } from "./config.ts";
import { TrainerError } from "./errors.ts";
import type { ModelShape } from "./models/model.ts";

/** The axes of the images of a data set after some changes. */
const shapeAfter = (dataset: ImageDataset, images: readonly ImageAugmentation[]): ImageSize =>
  new Loader(dataset, { batchSize: 1, augment: { images }, seed: 0 }).imageShape;

/** Images and classes as a run's network takes them. */
export function trainedShape({
  data,
  augment,
}: Pick<TrainOptions, "data" | "augment">): ModelShape {
  const { train } = data;
  return { input: shapeAfter(train, augment?.images ?? []), classes: train.classes };
}

/** Fails where the network would be judged by images or classes of another shape than it is trained on. */
export function checkShapes(options: Pick<TrainOptions, "data" | "augment" | "evaluate">): void {
  const { data, evaluate = [] } = options;
  const { input, classes } = trainedShape(options);
  const own = JSON.stringify([input, classes]);
  for (const split of ["validation", "test"] as const) {
    const dataset = data[split];
    const other = JSON.stringify([shapeAfter(dataset, evaluate), dataset.classes]);
    if (own === other) continue;
    throw new TrainerError(
      "BAD_OPTION",
      `\`data.${split}\`: expected image shape and classes ${own} as they are trained on, got ${other}: \`evaluate\` can bring ` +
        "images to another size",
    );
  }
}
