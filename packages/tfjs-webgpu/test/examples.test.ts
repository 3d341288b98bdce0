import { testExamples } from "../../../testing/examples.ts";
import { problem } from "./webgpu.ts";

testExamples(import.meta.url, problem === undefined ? {} : { skip: problem });
