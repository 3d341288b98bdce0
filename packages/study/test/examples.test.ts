import { testExamples } from "../../../testing/examples.ts";

testExamples(import.meta.url);
