// Installs the build that a test describes, in a process that the test can kill.
import { installBuild } from "../src/install.ts";
import type { FakeMachine } from "./fake-machine.ts";

const { root, build } = JSON.parse(process.env.FAKE!) as FakeMachine;
const log = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  await installBuild(root, build, { log });
} catch (error) {
  const { code, message } = error as Error & { code: string };
  log(`${code} ${message}`);
  process.exitCode = 1;
}
