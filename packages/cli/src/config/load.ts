// Configuration files of runs and studies.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { checkSource } from "./check.ts";
import type { Override } from "./overrides.ts";
import { runSchema } from "./run-schema.ts";
import type { RunSettings, StudySettings } from "./settings.ts";
import { Source } from "./source.ts";
import { studySchema } from "./study-schema.ts";

/** A configuration file larger than this is none. */
const MAX_BYTES = 4_000_000;

/** A checked configuration. */
export interface Loaded<T> {
  readonly source: Source;
  readonly settings: T;
  /** What relative paths in the file are relative to. */
  readonly base: string;
}

/** Reads a configuration's text. */
export async function readSource(file: string): Promise<Source> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new UsageError(`${file}: there is no such file`);
    if (error.code === "EISDIR") throw new UsageError(`${file}: expected a file, not a folder`);
    throw error;
  });
  if (bytes.length > MAX_BYTES) {
    throw new UsageError(
      `${file}: expected a configuration of at most ${MAX_BYTES} bytes, got ${bytes.length}`,
    );
  }
  return new Source(file, bytes.toString("utf8"));
}

/** Whether a configuration is a study: it compares methods. */
export const isStudySource = ({ value }: Source): boolean =>
  typeof value === "object" && value !== null && "methods" in value;

/** Whether a configuration is a run: it has what a study has not. */
const isRunSource = ({ value }: Source): boolean =>
  typeof value === "object" &&
  value !== null &&
  !("methods" in value) &&
  ["model", "epochs"].every((name) => name in value) &&
  !("name" in value);

/** Reads the configuration of one run. */
export async function loadRun(
  file: string,
  overrides: readonly Override[] = [],
): Promise<Loaded<RunSettings>> {
  const source = await readSource(file);
  if (isStudySource(source)) {
    throw new UsageError(`${file} describes a study of several methods: use sd study run ${file}`);
  }
  return {
    source,
    settings: checkSource(runSchema, source, overrides),
    base: dirname(resolve(file)),
  };
}

/** Reads the configuration of a study. */
export async function loadStudy(
  file: string,
  overrides: readonly Override[] = [],
): Promise<Loaded<StudySettings>> {
  const source = await readSource(file);
  if (isRunSource(source)) {
    throw new UsageError(`${file} describes a run: use sd train ${file}, or give it methods`);
  }
  return {
    source,
    settings: checkSource(studySchema, source, overrides),
    base: dirname(resolve(file)),
  };
}
