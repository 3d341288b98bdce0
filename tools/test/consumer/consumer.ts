// The folder of someone who installed the packed packages, and what is done there.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PURE } from "../../imports.ts";
import { type Member, workspaceMembers } from "../../workspace.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the installed packages: `inject("consumer")`. */
    consumer: string;
  }
}

export const packages: readonly Member[] = workspaceMembers().filter(({ folder }) =>
  folder.startsWith("packages/"),
);

/** Whether a package consists of typed arrays only and must run anywhere. */
export const isPure = ({ manifest }: Member): boolean =>
  PURE.includes(manifest.name.replace("@sd/", ""));

/** What can be imported from a package: `@sd/math`, `@sd/math/random`, … */
export function entriesOf({ manifest }: Member): string[] {
  return Object.keys(manifest.exports ?? {})
    .filter((entry) => entry !== "./package.json")
    .map((entry) => join(manifest.name, entry));
}

/** Runs a program in `folder` as its user would: no setting of this workspace reaches it. */
export async function runIn(
  folder: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|NODE_OPTIONS|VITEST)/i.test(name),
  );
  const { stdout } = await promisify(execFile)(command, args, {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...env },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}
