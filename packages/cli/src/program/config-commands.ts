// sd config init, check, schema
import { Argument, type Command } from "commander";
import type { ConfigInitOptions } from "../commands/config.ts";
import { examples, jsonOption, type Run, setOption } from "./shared-options.ts";

export function addConfigCommands(program: Command, run: Run): void {
  const config = program.command("config").description("configuration files").helpCommand(false);

  const init = config
    .command("init")
    .description("write a study that compares four methods, to start from")
    .argument(
      "[images]",
      "a folder with a folder of images for each class (default: handwritten digits)",
    )
    .option(
      "--preset <name>",
      "a recipe, such as paper/cifar-100/resnet-34 or small/cifar-10/resnet-8",
    )
    .option("--out <file>", "the file", "study.yaml")
    .option("--force", "replace the file where there is one");
  init.action((images: string | undefined, options: ConfigInitOptions) =>
    run(import("../commands/config.ts").then(({ configInit }) => configInit(images, options))),
  );
  examples(init, "sd config init photos", "sd study run study.yaml", "sd report runs/study");

  const check = config
    .command("check")
    .description("check a configuration; each mistake with its line and column")
    .argument("<file>", "a run or a study, YAML or JSON");
  jsonOption(setOption(check)).action((file: string, options: { set: string[]; json?: boolean }) =>
    run(import("../commands/config.ts").then(({ configCheck }) => configCheck(file, options))),
  );
  examples(check, "sd config check study.yaml", "sd config check run.yaml --set epochs=3");

  const schema = config
    .command("schema")
    .description("print the JSON Schema of configurations, for editors")
    .addArgument(new Argument("[kind]", "of which file").choices(["run", "study"]).default("study"))
    .action((kind: "run" | "study") =>
      run(import("../commands/config.ts").then(({ configSchema }) => configSchema(kind))),
    );
  examples(schema, "sd config schema run > run.schema.json");
}
