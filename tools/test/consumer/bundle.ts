// Bundles a TypeScript module of someone who installed the packages, for a browser.
import { build } from "esbuild";

/** The text of the bundle. What cannot be bundled, such as a module of Node, is an error. */
export async function bundle(
  folder: string,
  contents: string,
  options: {
    readonly format: "esm" | "iife";
    readonly minify?: boolean;
    readonly globalName?: string;
  },
): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    bundle: true,
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "silent",
    ...options,
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
  return outputFiles[0]!.text;
}
