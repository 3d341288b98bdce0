import { webAssembly } from "./web-assembly.ts";

// A module whose one function returns f64x2.nearest(v128.const 0): magic and version, a type
// () → v128, a function of it, its code.
const PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 25, 1, 23, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 253, 148, 1, 11],
);

let supported: boolean | undefined;

/**
 * Tells whether this engine runs WebAssembly with 128-bit SIMD, which {@link loadSimdKernels} needs.
 *
 * It validates a module of 44 bytes, once; nothing is instantiated.
 *
 * @returns True where `loadSimdKernels` will find what it needs.
 *
 * @example
 * ```ts
 * import { hasSimd } from "@sd/math/simd";
 *
 * console.log(hasSimd()); // true
 * ```
 */
export function hasSimd(): boolean {
  supported ??= webAssembly()?.validate(PROBE) ?? false;
  return supported;
}
