// A process that trains a small run and says so after every step: `folder engine method model`. Stops on signals, and says how
// it ended.
import { openEngine } from "../src/engine.ts";
import { stopOnSignals } from "../src/stop-on-signals.ts";
import { train } from "../src/train.ts";
import { smallRun } from "./small-run.ts";

const [folder, name, method, model] = process.argv.slice(2) as [string, string, string, string];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const stop = stopOnSignals();
try {
  const engine = await openEngine({ name, install: false });
  const { state } = await train({
    ...smallRun(folder, engine, method, model),
    signal: stop.signal,
    onProgress: ({ epoch, step, metrics }) => say(metrics ? `epoch ${epoch}` : `step ${step}`),
    onWarning: (message) => say(`warning: ${message}`),
  });
  say(state);
} catch (error) {
  say(`failed: ${(error as { code?: string }).code}: ${(error as Error).message}`);
  process.exitCode = 1;
}
stop.dispose();
