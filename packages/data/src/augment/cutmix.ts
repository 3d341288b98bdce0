import { checkNumber } from "@sd/math";
import { beta, randomInteger } from "@sd/math/random";
import type { Mixing } from "./augmentation.ts";
import { areaOf, boxAround, copyBox } from "./box.ts";
import { builtIn } from "./built-in.ts";

/**
 * CutMix: a box of the other image takes the place of the own one's; the labels are mixed by area (Yun et al. 2019,
 * arXiv 1905.04899).
 *
 * The box has the image's shape and `1 − λ` of its area with λ ~ Beta(α, α), its centre is drawn from all pixels, and it is
 * cut off at the border; the share is that of the pixels that stay. The other image is any row of the data set and λ is drawn
 * for each row, so that neither depends on the batch.
 *
 * @param options - `alpha` > 0, by default 1, where λ is uniform.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 */
export function cutMix({ alpha = 1 }: { readonly alpha?: number } = {}): Mixing {
  checkNumber("cutMix", "alpha", alpha, { min: 0, aboveMin: true });
  return builtIn({
    name: "cutmix",
    options: { alpha },
    keepsBytes: true,
    mix(own, other, size, rng) {
      const [h, w] = size;
      const side = Math.sqrt(1 - beta(rng, alpha, alpha));
      const centre = [randomInteger(rng, h), randomInteger(rng, w)] as const;
      const box = boxAround(centre, [Math.floor(h * side), Math.floor(w * side)], size);
      copyBox(own, other, size, box);
      return 1 - areaOf(box) / (h * w);
    },
  });
}
