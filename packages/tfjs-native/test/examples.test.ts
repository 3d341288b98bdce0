import { findEngine } from "@sd/tfjs-native";
import { testExamples } from "../../../testing/examples.ts";

const installed = (await findEngine()) !== undefined;
testExamples(import.meta.url, installed ? {} : { skip: "the native engine is not installed" });
