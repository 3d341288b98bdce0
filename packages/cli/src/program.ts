// The commands of `sd`. What they do is loaded when it is called, so that `sd --help` is quick.
import { createRequire } from "node:module";
import { Command, InvalidArgumentError, Option } from "commander";
import type { DemoOptions } from "./commands/demo.ts";
import type { EngineDoctorOptions, EngineInstallOptions } from "./commands/engine.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

const count =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected an integer of at least ${least}.`);
  };

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a number in [0, 1).");
}

type Run = (code: Promise<number>) => Promise<void>;

function addDemo(program: Command, run: Run): void {
  program
    .command("demo")
    .description("train four methods on handwritten digits with noisy labels, and compare them")
    .addOption(
      new Option("--engine <name>", "the engine to use").choices(["native", "wasm", "cpu"]),
    )
    .option("--require-gpu", "fail where no GPU is used")
    .option("--seeds <n>", "repeat everything with n seeds", count(1))
    .option("--epochs <n>", "epochs of training", count(1))
    .option("--images <n>", "training images", count(64))
    .option("--validation <n>", "validation images", count(10))
    .option("--test <n>", "test images", count(10))
    .option("--noise <share>", "share of the training labels that are replaced", share)
    .option("--out <folder>", "where runs and report go", "runs/demo")
    .option("--json", "print the table as JSON")
    .addHelpText(
      "after",
      `
Examples:
  sd demo
  sd demo --seeds 3 --epochs 5
  sd demo --engine wasm --images 1000 --out runs/small`,
    )
    .action((options: DemoOptions) =>
      run(import("./commands/demo.ts").then(({ demo }) => demo(options))),
    );
}

function addEngine(program: Command, run: Run): void {
  const engine = program
    .command("engine")
    .description("the engines that training can run on")
    .helpCommand(false);
  engine
    .command("install")
    .description("download TensorFlow and build the native engine, once per user")
    .option("--cuda", "the build for NVIDIA's GPUs, with the CUDA libraries (3.4 GB)")
    .option("--wheel <file...>", "pinned wheels on this machine, instead of their downloads")
    .option("--verify", "read every installed file again, and repair what has changed")
    .action((options: EngineInstallOptions) =>
      run(import("./commands/engine.ts").then(({ engineInstall }) => engineInstall(options))),
    );
  engine
    .command("doctor")
    .description("say what is there, what is missing, and which engine a run takes")
    .option("--json", "print it as JSON")
    .option("--verify", "read every installed file of the native engine again")
    .option("--require-gpu", "fail where no GPU is used")
    .action((options: EngineDoctorOptions) =>
      run(import("./commands/engine.ts").then(({ engineDoctor }) => engineDoctor(options))),
    );
}

/** Builds the command line; `finish` receives the exit code of the command that ran. */
export function createProgram(finish: (code: number) => void): Command {
  const program = new Command("sd")
    .description("Train, calibrate and compare classifiers by self-distillation and its relatives.")
    .version(version)
    .showHelpAfterError("(sd --help lists the commands and options)")
    .configureHelp({ sortOptions: false });
  const run: Run = async (code) => finish(await code);
  addDemo(program, run);
  addEngine(program, run);
  return program;
}
