// Options that several commands have.
import { type Command, Option } from "commander";
import { collect } from "./arguments.ts";

/** Runs a command's work and takes its exit code. */
export type Run = (code: Promise<number>) => Promise<void>;

/** Which engine is used. */
export const engineOptions = (command: Command): Command =>
  command
    .addOption(
      new Option("--engine <name>", "the engine to use").choices([
        "native",
        "webgpu",
        "wasm",
        "cpu",
      ]),
    )
    .option("--require-gpu", "fail where no GPU is used");

/** The folder of the named data sets. */
export const dataOption = (command: Command): Command =>
  command.addOption(
    new Option("--data <folder>", "the folder that holds the named data sets")
      .env("SD_DATA")
      .default("data"),
  );

/** Settings in place of the file's. */
export const setOption = (command: Command): Command =>
  command.option(
    "--set <setting=value>",
    "a setting in place of the file's, such as optimizer.lr=0.05",
    collect,
    [],
  );

export const jsonOption = (command: Command): Command =>
  command.option("--json", "print the result as JSON");

/** Lines below the help of a command. */
export const examples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
