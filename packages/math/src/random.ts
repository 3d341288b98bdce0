// Seeded randomness: one generator, streams named by keys, and the draws that the packages need.
export { beta, exponential, gamma, logGammaVariate, normal } from "./random/continuous.ts";
export { dirichlet, logDirichlet } from "./random/dirichlet.ts";
export { philox4x32Into } from "./random/philox.ts";
export { createRng, type Rng, type RngState, rngFromState } from "./random/rng.ts";
export {
  permutation,
  randomInteger,
  type Swappable,
  shuffle,
  uniformOpen,
} from "./random/uniform.ts";
