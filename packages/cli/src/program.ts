// The commands of `sd`. What they do is loaded when it is called, so that `sd --help` is quick.
import { createRequire } from "node:module";
import { Command } from "commander";
import { addCompletion } from "./program/completion.ts";
import { addConfigCommands } from "./program/config-commands.ts";
import { addDataCommands } from "./program/data-commands.ts";
import { addEngineCommands } from "./program/engine-commands.ts";
import { addResultCommands } from "./program/result-commands.ts";
import type { Run } from "./program/shared-options.ts";
import { addStudyCommands } from "./program/study-commands.ts";
import { addTrainingCommands } from "./program/training-commands.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Builds the command line; `finish` receives the exit code of the command that ran. */
export function createProgram(finish: (code: number) => void): Command {
  const program = new Command("sd")
    .description("Train, calibrate and compare classifiers by self-distillation and its relatives.")
    .version(version)
    .showHelpAfterError("(sd --help lists the commands and options)")
    .configureHelp({ sortOptions: false })
    .addHelpText(
      "after",
      `
From a folder of images, one folder in it for each class, to a report in three commands:
  sd config init photos      writes study.yaml, which compares four methods
  sd study run study.yaml    trains them; stopped or killed, the same command goes on
  sd report runs/study       writes runs/study/report.html

Exit codes: 0 done, or stopped by SIGTERM; 1 failed; 2 called wrongly; 130 stopped by Ctrl-C.`,
    );
  const run: Run = async (code) => finish(await code);
  addTrainingCommands(program, run);
  addStudyCommands(program, run);
  addResultCommands(program, run);
  addConfigCommands(program, run);
  addDataCommands(program, run);
  addEngineCommands(program, run);
  addCompletion(program);
  return program;
}
