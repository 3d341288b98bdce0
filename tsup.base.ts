import type { Options } from "tsup";

const base: Options = {
  format: ["esm"],
  dts: true,
  clean: true,
  sourcemap: true,
  treeshake: true,
  target: "es2022",
};

/** A package that runs anywhere: no `node:` module, no framework. */
export const pure = (entry: string[]): Options => ({
  ...base,
  entry,
  platform: "neutral",
});

/** A package for Node. Without `removeNodeProtocol: false` the output would say `from "fs"`. */
export const node = (entry: string[]): Options => ({
  ...base,
  entry,
  platform: "node",
  removeNodeProtocol: false,
});
