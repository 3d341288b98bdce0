import { checkNumber } from "@sd/math";
import { beta } from "@sd/math/random";
import type { Mixing } from "./augmentation.ts";
import { builtIn } from "./built-in.ts";

/**
 * mixup: `x = λ x_own + (1 − λ) x_other` with λ ~ Beta(α, α), and the labels likewise (Zhang et al. 2018, arXiv 1710.09412).
 *
 * The other image is any row of the data set and λ is drawn for each row, so that neither depends on the batch.
 *
 * @param options - `alpha` > 0, by default 1, where λ is uniform.
 * @throws {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { mixup } from "@sd/data";
 * import { createRng } from "@sd/math/random";
 *
 * const own = Float32Array.of(1, 1);
 * const share = mixup().mix(own, Float32Array.of(0, 0), [1, 2, 1], createRng(1));
 * console.log(own[0] === Math.fround(share)); // true
 * ```
 */
export function mixup({ alpha = 1 }: { readonly alpha?: number } = {}): Mixing {
  checkNumber("mixup", "alpha", alpha, { min: 0, aboveMin: true });
  return builtIn({
    name: "mixup",
    options: { alpha },
    mix(own, other, _, rng) {
      const share = beta(rng, alpha, alpha);
      for (let i = 0; i < own.length; i++) own[i] = share * own[i]! + (1 - share) * other[i]!;
      return share;
    },
  });
}
