// `sd config`: starting, checking and describing configuration files.
import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { checkSource } from "../config/check.ts";
import { firstStudy } from "../config/first-study.ts";
import { jsonSchemaOf } from "../config/json-schema.ts";
import { isStudySource, loadStudy, readSource } from "../config/load.ts";
import { parseOverride } from "../config/overrides.ts";
import { presetStudy } from "../config/preset-study.ts";
import { runSchema } from "../config/run-schema.ts";
import { studySchema } from "../config/study-schema.ts";
import { UsageError } from "../errors.ts";
import { writeOutput } from "../output.ts";
import { planOf } from "../study/plan.ts";

/** The options of `sd config init`. */
export interface ConfigInitOptions {
  readonly out: string;
  readonly force?: boolean;
  /** A recipe of the trainer. */
  readonly preset?: string;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Writes a study to start from. */
export async function configInit(
  images: string | undefined,
  { out, force = false, preset }: ConfigInitOptions,
): Promise<number> {
  if (preset !== undefined) {
    if (images !== undefined) {
      throw new UsageError("--preset names its own images: give it without a folder");
    }
    await writeOutput(out, presetStudy(preset), force);
    print(out);
    return 0;
  }
  if (images !== undefined && !existsSync(images)) {
    throw new UsageError(`${images}: there is no such folder`);
  }
  const from = dirname(resolve(out));
  const path = images === undefined ? undefined : relative(from, resolve(images)) || ".";
  await writeOutput(out, await firstStudy(path, images), force);
  print(out);
  return 0;
}

/** Checks a configuration, and says what it describes. */
export async function configCheck(
  file: string,
  { set, json = false }: { readonly set: readonly string[]; readonly json?: boolean },
): Promise<number> {
  const overrides = set.map(parseOverride);
  const source = await readSource(file);
  if (isStudySource(source)) {
    const loaded = await loadStudy(file, overrides);
    const plan = planOf(loaded, { overrides });
    // Profiles are checked like the study itself.
    for (const profile of Object.keys(loaded.settings.profiles))
      planOf(loaded, { profile, overrides });
    print(
      json
        ? JSON.stringify(loaded.settings, null, 2)
        : `${file}: a study of ${plan.runs.length} runs`,
    );
  } else {
    const settings = checkSource(runSchema, source, overrides);
    const { model, method, epochs } = settings;
    const words = `${file}: a run of ${model} with ${method.name}, ${epochs} epochs`;
    print(json ? JSON.stringify(settings, null, 2) : words);
  }
  return 0;
}

/** Prints the JSON Schema of a kind of configuration. */
export async function configSchema(kind: "run" | "study"): Promise<number> {
  print(JSON.stringify(jsonSchemaOf(kind === "run" ? runSchema : studySchema), null, 2));
  return 0;
}
