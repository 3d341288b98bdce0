// Once before the tests: packs every package and installs the tarballs into an empty folder, by
// plain npm.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { root } from "../../workspace.ts";
import { packages, runIn } from "./consumer.ts";

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "sd-consumer-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const tarballs = join(folder, "tarballs");
    await mkdir(tarballs);
    for (const { folder: member } of packages) {
      await promisify(execFile)("pnpm", ["pack", "--pack-destination", tarballs], {
        cwd: join(root, member),
      });
    }
    await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
    const files = (await readdir(tarballs)).map((name) => `./tarballs/${name}`);
    await runIn(folder, "npm", ["install", "--no-audit", "--no-fund", ...files]);
  } catch (error) {
    await remove();
    throw error;
  }
  project.provide("consumer", folder);
  return remove;
}
