// sd study plan, run, status, cancel
import type { Command } from "commander";
import type { StudyPlanOptions, StudyRunOptions } from "../commands/study.ts";
import { count, list } from "./arguments.ts";
import {
  dataOption,
  engineOptions,
  examples,
  jsonOption,
  type Run,
  setOption,
} from "./shared-options.ts";

/** What says which study is meant, and where it is. */
function studyOptions(command: Command): Command {
  engineOptions(dataOption(setOption(command)));
  return jsonOption(
    command
      .option("--profile <name>", "the variation of the study that has this name")
      .option("--out <folder>", "the study's folder (default: runs/<name of the study>)"),
  );
}

export function addStudyCommands(program: Command, run: Run): void {
  const study = program
    .command("study")
    .description("compare methods: many runs from one configuration")
    .helpCommand(false);

  const plan = study
    .command("plan")
    .description("print the runs of a study, and about how long they take")
    .argument("<file>", "the study, YAML or JSON")
    .option("--no-measure", "do not estimate the time");
  studyOptions(plan).action((file: string, options: StudyPlanOptions) =>
    run(import("../commands/study.ts").then(({ studyPlan }) => studyPlan(file, options))),
  );
  examples(plan, "sd study plan compare.yaml", "sd study plan compare.yaml --profile full --json");

  const make = study
    .command("run")
    .description("make the runs that are not done; stopped or killed, the same command goes on")
    .argument("<file>", "the study, YAML or JSON")
    .option("--jobs <n>", "runs at once, which share the cores (default: one a device)", count(1))
    .option("--devices <list>", "the numbers of the GPUs, such as 0,1", list)
    .option("--threads <n>", "threads of each run (default: the cores shared out)", count(1))
    .option("--tensorboard", "write TensorBoard's event files as well")
    .option("--retries <n>", "how often a run that fails is tried again", count(0), 1);
  studyOptions(make).action((file: string, options: StudyRunOptions) =>
    run(import("../commands/study.ts").then(({ studyRun }) => studyRun(file, options))),
  );
  examples(
    make,
    "sd study run compare.yaml",
    "sd study run compare.yaml --jobs 2",
    "sd study run compare.yaml --profile full --devices 0,1",
  );

  const status = study
    .command("status")
    .description("say where the runs of a study stand")
    .argument("<folder>", "the study's folder");
  jsonOption(status).action((folder: string, options: { json?: boolean }) =>
    run(import("../commands/study.ts").then(({ studyStatus }) => studyStatus(folder, options))),
  );
  examples(status, "sd study status runs/compare");

  const cancel = study
    .command("cancel")
    .description("stop a study that is being made; what is done stays")
    .argument("<folder>", "the study's folder");
  jsonOption(cancel).action((folder: string, options: { json?: boolean }) =>
    run(import("../commands/study.ts").then(({ studyCancel }) => studyCancel(folder, options))),
  );
  examples(cancel, "sd study cancel runs/compare");
}
