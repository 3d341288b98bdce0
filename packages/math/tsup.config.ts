import { pure } from "../../tsup.base.ts";

export default pure([
  "src/index.ts",
  "src/special.ts",
  "src/random.ts",
  "src/kernels.ts",
  "src/simd.ts",
]);
