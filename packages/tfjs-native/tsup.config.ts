import { node } from "../../tsup.base.ts";

// The process in which the engine is tried is started by its file's name.
export default node(["src/index.ts", "src/bin.ts", "src/trial-process.ts"]);
