// A process that waits for signals, and says which has come.
import { stopOnSignals } from "../src/stop-on-signals.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const busy = setInterval(() => {}, 1000);
const stop = stopOnSignals({ onStop: (name) => say(`stop: ${name}`) });
stop.signal.addEventListener("abort", () => say(`aborted: ${stop.signal.reason}`));
say("ready");
if (process.argv[2] === "disposed") {
  stop.dispose();
  say("disposed");
}
if (process.argv[2] === "once") stop.signal.addEventListener("abort", () => clearInterval(busy));
