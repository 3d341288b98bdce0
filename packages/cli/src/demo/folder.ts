import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { listRuns } from "@sd/runs";
import { UsageError } from "../errors.ts";
import type { DemoSettings } from "./settings.ts";

/** What demo.json says of the folder that it stands in. */
interface DemoFile {
  readonly settings: DemoSettings;
  readonly finished: boolean;
}

const FILE = "demo.json";

async function readDemoFile(folder: string): Promise<DemoFile | undefined> {
  const text = await readFile(join(folder, FILE), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as DemoFile;
  } catch {
    throw new UsageError(
      `${join(folder, FILE)} is damaged: move ${folder} away, or give another --out`,
    );
  }
}

const write = (folder: string, file: DemoFile): Promise<void> =>
  writeFile(join(folder, FILE), `${JSON.stringify(file, null, 2)}\n`);

/** The first of `folder`-1, `folder`-2 … that is not there. */
async function moveAside(folder: string): Promise<string> {
  for (let i = 1; ; i++) {
    const target = `${folder}-${i}`;
    const taken = await readdir(target).catch(() => undefined);
    if (taken !== undefined) continue;
    await rename(folder, target);
    return target;
  }
}

/**
 * Makes the demonstration's folder ready, and says what became of what was there.
 *
 * An interrupted demonstration with the same settings is continued; a finished one is made again, with the same numbers; one with
 * other settings is moved aside. A folder that holds anything else is refused.
 */
export async function prepareFolder(
  folder: string,
  settings: DemoSettings,
): Promise<string | undefined> {
  const entries = await readdir(folder).catch(() => []);
  let said: string | undefined;
  if (entries.length > 0) {
    const before = await readDemoFile(folder);
    if (before === undefined) {
      throw new UsageError(
        `${folder} holds something else than a demonstration: give another --out`,
      );
    }
    if (!isDeepStrictEqual(before.settings, settings)) {
      said = `the earlier demonstration had other settings and is now in ${await moveAside(folder)}`;
    } else if (before.finished) {
      for (const run of await listRuns(folder)) await rm(run, { recursive: true });
      said = "the earlier demonstration with these settings is made again";
    } else {
      said = "the interrupted demonstration goes on where it was";
    }
  }
  await mkdir(folder, { recursive: true });
  await write(folder, { settings, finished: false });
  return said;
}

/** Marks the demonstration as finished. */
export const finishFolder = (folder: string, settings: DemoSettings): Promise<void> =>
  write(folder, { settings, finished: true });
