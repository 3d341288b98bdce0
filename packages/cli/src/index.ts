export { type DemoOptions, demo } from "./commands/demo.ts";
export { demoData } from "./demo/data.ts";
export { demoMethods } from "./demo/methods.ts";
export { type DemoSettings, type DemoSize, demoSettings } from "./demo/settings.ts";
export { createProgram } from "./program.ts";
