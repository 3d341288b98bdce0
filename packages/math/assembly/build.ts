// Writes src/simd/bytes.ts. Run: node packages/math/assembly/build.ts
import { writeFileSync } from "node:fs";
import { bytesModule, compileKernels } from "./compile.ts";

writeFileSync(
  new URL("../src/simd/bytes.ts", import.meta.url),
  bytesModule(await compileKernels()),
);
