// A study as a table that is redrawn on a terminal, and as lines elsewhere.
import { clearScreenDown, moveCursor } from "node:readline";
import type { RunProgress, RunStage } from "@sd/study";
import { percent } from "../training-progress.ts";

const SIGNS: Readonly<Record<RunStage, string>> = {
  done: "✔",
  failed: "✖",
  blocked: "⊘",
  running: "▶",
  stopped: "■",
  waiting: "·",
};

/** How many runs there are of each stage, in words. */
export function countStages(runs: readonly RunProgress[]): string {
  const stages: readonly RunStage[] = [
    "done",
    "running",
    "waiting",
    "stopped",
    "failed",
    "blocked",
  ];
  const counts = stages.map((stage) => [stage, runs.filter((run) => run.stage === stage).length]);
  return counts
    .filter(([, count]) => count !== 0)
    .map(([stage, count]) => `${count} ${stage}`)
    .join(", ");
}

/** Where a run stands, as one line. */
export function runLine({ run, stage, last, problem }: RunProgress): string {
  const epochs = run.settings.epochs as number | undefined;
  const accuracy = last?.validationAccuracy;
  const at = last === undefined ? "" : `epoch ${last.epoch + 1}${epochs ? `/${epochs}` : ""}`;
  const judged = typeof accuracy === "number" ? `validation accuracy ${percent(accuracy)}` : "";
  const words = [problem, at, judged].filter(Boolean).join(", ");
  return `${SIGNS[stage]} ${run.name}  ${stage}${words ? `: ${words}` : ""}`;
}

/** What is shown where not all runs fit: what happens, then what failed, then what is next. */
function visible(runs: readonly RunProgress[], rows: number): RunProgress[] {
  if (runs.length <= rows) return [...runs];
  const order: readonly RunStage[] = ["running", "failed", "blocked", "waiting", "stopped", "done"];
  const chosen = order.flatMap((stage) => runs.filter((run) => run.stage === stage)).slice(0, rows);
  return runs.filter((run) => chosen.includes(run));
}

/** Shows a study while it is made; returns what takes each state of it. */
export function studyTable(stream: NodeJS.WriteStream): (runs: readonly RunProgress[]) => void {
  return stream.isTTY ? liveTable(stream) : plainLines(stream);
}

function liveTable(stream: NodeJS.WriteStream): (runs: readonly RunProgress[]) => void {
  let drawn = 0;
  let before = "";
  return (runs) => {
    const width = stream.columns ?? 80;
    const rows = Math.max(1, (stream.rows ?? 24) - 3);
    const lines = [...visible(runs, rows).map(runLine), countStages(runs)];
    const text = lines.map((line) => line.slice(0, width - 1)).join("\n");
    if (text === before) return;
    before = text;
    if (drawn > 0) {
      moveCursor(stream, 0, -drawn);
      clearScreenDown(stream);
    }
    stream.write(`${text}\n`);
    drawn = lines.length;
  };
}

function plainLines(stream: NodeJS.WriteStream): (runs: readonly RunProgress[]) => void {
  const before = new Map<string, RunStage>();
  return (runs) => {
    for (const run of runs) {
      const { name } = run.run;
      if (run.stage === (before.get(name) ?? "waiting")) continue;
      before.set(name, run.stage);
      stream.write(`${runLine(run)} (${countStages(runs)})\n`);
    }
  };
}
