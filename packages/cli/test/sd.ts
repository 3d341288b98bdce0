// Runs the command as a person does: a process of its own, its two streams, its exit code.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface SdOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Sent once the first line that contains `text` has appeared on standard error. */
  readonly signalAfter?: { readonly text: string; readonly signal: NodeJS.Signals };
}

const command = (args: readonly string[]): string[] => [
  "--conditions=@sd/source",
  "--disable-warning=ExperimentalWarning",
  bin,
  ...args,
];

/** Runs the command on a terminal of its own (util-linux's `script`), and types something once a text has appeared. */
export function onTerminal(
  args: readonly string[],
  { after, type }: { readonly after: string; readonly type: string },
): Promise<{ code: number | null; screen: string }> {
  return new Promise((resolve, reject) => {
    const line = [process.execPath, ...command(args)].map((word) => `'${word}'`).join(" ");
    // A terminal made from nothing has no size, and nothing is drawn on it.
    const sized = `stty cols 100 rows 30 && exec ${line}`;
    const child = spawn("/usr/bin/script", ["-qec", sized, "/dev/null"]);
    let [screen, typed] = ["", false];
    child.stdout.on("data", (data) => {
      screen += data;
      if (typed || !screen.includes(after)) return;
      typed = true;
      child.stdin.write(type);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, screen }));
  });
}

export function sd(
  args: readonly string[],
  { env, signalAfter }: SdOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command(args), {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err, signalled] = ["", "", false];
    child.stdout.on("data", (data) => {
      out += data;
    });
    child.stderr.on("data", (data) => {
      err += data;
      if (signalAfter && !signalled && err.includes(signalAfter.text)) {
        signalled = true;
        child.kill(signalAfter.signal);
      }
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
