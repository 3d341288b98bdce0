import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("signal-process.ts", import.meta.url));

/** Sends `signals[i]` when line `i` is said; tells what was said and how the process ended. */
async function waitFor(mode: string, signals: readonly (NodeJS.Signals | undefined)[]) {
  const flags = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, SCRIPT, mode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const signal = signals[lines.push(line) - 1];
    if (signal !== undefined) child.kill(signal);
  }
  const [code, signal] = await exit;
  return { lines, code, signal };
}

test.each(["SIGINT", "SIGTERM"] as const)("%s sets the signal, by its name", async (name) => {
  expect(await waitFor("once", [name])).toEqual({
    lines: ["ready", `aborted: ${name}`, `stop: ${name}`],
    code: 0,
    signal: null,
  });
});

test("a second signal ends the process at once", async () => {
  const { lines, signal } = await waitFor("", ["SIGTERM", undefined, "SIGINT"]);
  expect(lines).toEqual(["ready", "aborted: SIGTERM", "stop: SIGTERM"]);
  expect(signal).toBe("SIGINT");
});

test("disposed of, it leaves signals alone", async () => {
  const { lines, signal } = await waitFor("disposed", [undefined, "SIGTERM"]);
  expect(lines).toEqual(["ready", "disposed"]);
  expect(signal).toBe("SIGTERM");
});
