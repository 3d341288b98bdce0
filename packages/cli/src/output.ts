// Files that a person asked for.
import { writeFile } from "node:fs/promises";
import { UsageError } from "./errors.ts";

/**
 * Writes a new file.
 *
 * @param force - Replace one that is there.
 * @throws UsageError where it is there, or its folder is not.
 */
export async function writeOutput(path: string, text: string, force: boolean): Promise<void> {
  await writeFile(path, text, { flag: force ? "w" : "wx" }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") {
        throw new UsageError(`${path} is there already: --force replaces it, --out writes another`);
      }
      if (error.code === "ENOENT") throw new UsageError(`${path}: its folder does not exist`);
      throw error;
    },
  );
}
