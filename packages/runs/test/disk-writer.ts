// Writes to a run folder under a limit on the size of files, as on a disk that is full, and prints what it is told.
import { openRun, type RunError } from "../src/index.ts";

const run = await openRun(process.argv[2]!);
const what: Record<string, () => Promise<unknown>> = {
  checkpoint: () =>
    run.saveCheckpoint("last", { x: { shape: [5000], data: new Float32Array(5000) } }, { keep: 2 }),
  metrics: () => run.appendMetrics({ epoch: 1, note: "x".repeat(5000) }),
  status: () => run.setStatus("failed", { error: "x".repeat(5000) }),
};
const error = (await what[process.argv[3]!]!().catch((e: unknown) => e)) as RunError;
process.stdout.write(JSON.stringify({ code: error.code, message: error.message }));
await run.close();
