import { createRequire } from "node:module";
import { dirname } from "node:path";

/** Resolves what this package depends on, as files. */
export const resolveFrom: NodeJS.RequireResolve = createRequire(import.meta.url).resolve;

/** The folder of this package, installed or not. */
export const packageFolder: string = dirname(resolveFrom("../package.json"));
