// A run for tests: node fake-run.mjs <folder> <request>. What it does, its request's `behaviour` says.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, request] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(request, "utf8"));
const status = (state, detail = {}) =>
  writeFileSync(
    join(folder, "status.json"),
    JSON.stringify({ ...detail, state, updatedAt: new Date().toISOString() }),
  );
const count = existsSync(join(folder, "starts"))
  ? readFileSync(join(folder, "starts"), "utf8").length
  : 0;
appendFileSync(join(folder, "starts"), "x");
mkdirSync(join(folder, "checkpoints"), { recursive: true });
writeFileSync(join(folder, "config.json"), JSON.stringify(settings));
writeFileSync(join(folder, "manifest.json"), JSON.stringify({ slot: process.env.SLOT ?? null }));
status("running");
const stop = () => {
  status("stopped");
  process.exit(0);
};
process.on("SIGTERM", stop);
process.on("disconnect", stop);
if (settings.teacher) readFileSync(join(settings.teacher, "status.json"));
switch (settings.behaviour) {
  case "fails":
    status("failed", { error: "it was meant to" });
    process.exit(1);
    break;
  case "crashes":
    process.stdout.write("first line\nsomething went wrong\n");
    process.exit(1);
    break;
  case "fails once":
    if (count === 0) process.exit(1);
    status("done");
    process.exit(0);
    break;
  case "waits":
    setTimeout(() => {}, 60_000);
    break;
  default:
    appendFileSync(
      join(folder, "metrics.jsonl"),
      `${JSON.stringify({ epoch: 0, trainLoss: 1 })}\n`,
    );
    status("done");
    process.exit(0);
}
