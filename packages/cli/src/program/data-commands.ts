// sd data get, check, show
import type { Command } from "commander";
import type { DataChoice, DataGetOptions, DataShowOptions } from "../commands/data.ts";
import { count } from "./arguments.ts";
import { dataOption, examples, jsonOption, type Run } from "./shared-options.ts";

export function addDataCommands(program: Command, run: Run): void {
  const data = program.command("data").description("data sets").helpCommand(false);

  const get = data
    .command("get")
    .description("download data sets from their official addresses, and check them")
    .argument("<name...>", "cifar-10, cifar-100, mnist, fashion-mnist, tiny-imagenet-200")
    .option("--from <address>", "a mirror with the official files");
  jsonOption(dataOption(get)).action((names: string[], options: DataGetOptions) =>
    run(import("../commands/data.ts").then(({ dataGet }) => dataGet(names, options))),
  );
  examples(get, "sd data get cifar-10", "sd data get cifar-100 --data /mnt/data");

  const check = data
    .command("check")
    .description("compare the files of a data set with the official ones")
    .argument("<name>", "the data set");
  jsonOption(dataOption(check)).action((name: string, options: DataChoice) =>
    run(import("../commands/data.ts").then(({ dataCheck }) => dataCheck(name, options))),
  );
  examples(check, "sd data check cifar-10");

  const show = data
    .command("show")
    .description("say what a data set holds")
    .argument("<what>", "the name of a data set, or a folder or an archive of images")
    .option("--size <pixels>", "the side that images are brought to", count(4));
  jsonOption(dataOption(show)).action((what: string, options: DataShowOptions) =>
    run(import("../commands/data.ts").then(({ dataShow }) => dataShow(what, options))),
  );
  examples(show, "sd data show mnist", "sd data show photos");
}
