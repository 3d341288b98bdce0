import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";

const PARAMETERS = ["exports", "require", "module", "__filename", "__dirname"];

/**
 * Returns a `require` for CommonJS files in which some module names are answered with given values.
 *
 * Files reached by relative paths are loaded here, once each, with the same replacements; everything else goes to Node.
 * Nothing global is patched, and the files may lie anywhere, also where Node would not find their dependencies.
 */
export function requireWith(
  replacements: ReadonlyMap<string, unknown>,
): (filename: string) => unknown {
  const modules = new Map<string, { exports: unknown }>();

  function load(filename: string): unknown {
    const known = modules.get(filename);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as unknown };
    modules.set(filename, module);
    const own = createRequire(filename);
    const require = (id: string): unknown => {
      if (replacements.has(id)) return replacements.get(id);
      return id.startsWith(".") ? load(own.resolve(id)) : own(id);
    };
    const body = compileFunction(readFileSync(filename, "utf8"), PARAMETERS, { filename });
    body.call(module.exports, module.exports, require, module, filename, dirname(filename));
    return module.exports;
  }
  return load;
}
