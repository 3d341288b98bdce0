// Augmentations that are not this package's, as a user's module has them.
import type { Augment, ImageAugmentation } from "@sd/data";

/** Turns the image into its negative, and fails on an image that begins with 7. */
const negative: ImageAugmentation = {
  name: "negative",
  options: { from: 255 },
  apply(image) {
    if (image[0] === 7) throw new RangeError("seven is not supported");
    return image.map((byte) => 255 - byte);
  },
};

export const augment: Augment = { images: [negative] };
