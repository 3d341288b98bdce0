import { readFile } from "node:fs/promises";
import { writeAtomically } from "./atomic.ts";
import { RunError } from "./error.ts";

/** A JSON object as it was read. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Writes an object as indented JSON, atomically; a number that JSON would turn into null is refused. */
export async function writeJson(path: string, value: object): Promise<void> {
  const json = JSON.stringify(
    value,
    (key, field: unknown) => {
      if (typeof field === "number" && !Number.isFinite(field)) {
        throw new RunError("ERR_BAD_VALUE", path, `\`${key}\`: JSON has no ${field}`);
      }
      return field;
    },
    2,
  );
  await writeAtomically(path, [new TextEncoder().encode(`${json}\n`)]);
}

/** Reads an object; a missing file means that the folder is no run. */
export async function readJson(path: string): Promise<JsonObject> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw new RunError("ERR_NOT_A_RUN", path, "expected a run folder, but this file is missing", {
      cause,
    });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RunError("ERR_BAD_FILE", path, `no JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RunError("ERR_BAD_FILE", path, "expected a JSON object");
  }
  return value as JsonObject;
}
