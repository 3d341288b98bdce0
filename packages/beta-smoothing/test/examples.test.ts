/// <reference types="node" />
import { testExamples } from "../../../testing/examples.ts";

testExamples(import.meta.url, { minimum: 9 });
