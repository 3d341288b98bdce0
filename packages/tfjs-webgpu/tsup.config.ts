import { node } from "../../tsup.base.ts";

export default node(["src/index.ts"]);
