import { pure } from "../../tsup.base.ts";

export default pure(["src/index.ts", "src/kernels.ts"]);
