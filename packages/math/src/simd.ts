// WebAssembly SIMD twins of the row kernels, loaded on demand.
export { hasSimd } from "./simd/feature.ts";
export type { SimdKernels } from "./simd/kernels.ts";
export { SIMD_MINIMUM_SIZE } from "./simd/limits.ts";
export { loadSimdKernels } from "./simd/load.ts";
export { SimdUnavailableError } from "./simd/unavailable.ts";
