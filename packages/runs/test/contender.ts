// A process that takes a lock again and again, and ends by SIGKILL while it holds it. Prints how often it held it, or what it saw
// that must never be seen.
import { rm, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { acquireLock } from "../src/lock.ts";

const [path, rounds] = [process.argv[2]!, Number(process.argv[3])];
let held = 0;
while (held < rounds) {
  const lock = await acquireLock(path).catch((error: { code?: string }) => {
    if (error.code === "ERR_LOCKED") return undefined;
    throw error;
  });
  if (lock === undefined) {
    await setTimeout(1);
    continue;
  }
  // Fails where another process believes that it holds the lock.
  await writeFile(`${path}.inside`, "", { flag: "wx" });
  await setTimeout(1);
  await rm(`${path}.inside`);
  held++;
  if (held === rounds) {
    process.stdout.write("held to the end\n", () => process.kill(process.pid, "SIGKILL"));
    await setTimeout(10_000);
  }
  await lock.release();
}
