// sd demo, train, distil
import type { Command } from "commander";
import type { DemoOptions } from "../commands/demo.ts";
import type { DistilCommandOptions, TrainCommandOptions } from "../commands/train.ts";
import { count, share } from "./arguments.ts";
import {
  dataOption,
  engineOptions,
  examples,
  jsonOption,
  type Run,
  setOption,
} from "./shared-options.ts";

function addDemo(program: Command, run: Run): void {
  const command = program
    .command("demo")
    .description("train four methods on handwritten digits with noisy labels, and compare them");
  engineOptions(command)
    .option("--seeds <n>", "repeat everything with n seeds", count(1))
    .option("--epochs <n>", "epochs of training", count(1))
    .option("--images <n>", "training images", count(64))
    .option("--validation <n>", "validation images", count(10))
    .option("--test <n>", "test images", count(10))
    .option("--noise <share>", "share of the training labels that are replaced", share)
    .option("--out <folder>", "where runs and report go", "runs/demo")
    .option("--json", "print the table as JSON")
    .action((options: DemoOptions) =>
      run(import("../commands/demo.ts").then(({ demo }) => demo(options))),
    );
  examples(
    command,
    "sd demo",
    "sd demo --seeds 3 --epochs 5",
    "sd demo --engine wasm --images 1000 --out runs/small",
  );
}

/** The options of the commands that make runs from a configuration. */
function runOptions(command: Command): Command {
  engineOptions(dataOption(setOption(command)));
  return jsonOption(
    command
      .option("--out <folder>", "the run's folder (default: runs/<name of the file>)")
      .option("--seed <n>", "the same as --set seed=n", count(0))
      .option(
        "--base <folder>",
        "what relative paths in the file are relative to (default: its folder)",
      )
      .option("--threads <n>", "threads that the engine computes with", count(1))
      .option("--workers <n>", "threads that prepare batches ahead", count(0))
      .option("--force", "make the run again where the folder holds one")
      .option("--tensorboard", "write TensorBoard's event files as well"),
  );
}

function addTrain(program: Command, run: Run): void {
  const command = program
    .command("train")
    .description("train one network as a configuration file says, or go on with it")
    .argument("<file>", "the configuration, YAML or JSON")
    .option("--teacher <folder>", "the run whose network teaches");
  runOptions(command).action((file: string, options: TrainCommandOptions) =>
    run(import("../commands/train.ts").then(({ trainCommand }) => trainCommand(file, options))),
  );
  examples(
    command,
    "sd train digits.yaml",
    "sd train digits.yaml --set optimizer.lr=0.05 --seed 1 --out runs/digits-1",
    "sd train student.yaml --teacher runs/digits",
  );
}

function addDistil(program: Command, run: Run): void {
  const command = program
    .command("distil")
    .description("train a network, then students of it, each taught by the one before")
    .argument("<file>", "the configuration, YAML or JSON")
    .option("--generations <n>", "how many students", count(1), 1);
  runOptions(command).action((file: string, options: DistilCommandOptions) =>
    run(import("../commands/train.ts").then(({ distilCommand }) => distilCommand(file, options))),
  );
  examples(
    command,
    "sd distil digits.yaml",
    "sd distil digits.yaml --generations 3 --out runs/born-again",
  );
}

export function addTrainingCommands(program: Command, run: Run): void {
  addDemo(program, run);
  addTrain(program, run);
  addDistil(program, run);
}
