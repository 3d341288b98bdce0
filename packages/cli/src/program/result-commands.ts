// sd evaluate, predict, compare, report, serve
import { type Command, Option } from "commander";
import type { PredictOptions } from "../commands/predict.ts";
import type {
  EvaluateOptions,
  ReportCommandOptions,
  TableCommandOptions,
} from "../commands/results.ts";
import { count } from "./arguments.ts";
import { engineOptions, examples, jsonOption, type Run } from "./shared-options.ts";

const tableOptions = (command: Command): Command =>
  jsonOption(
    command
      .option("--split <name>", "the predictions to judge", "test")
      .option("--bins <n>", "bins of the calibration errors", count(2)),
  );

export function addResultCommands(program: Command, run: Run): void {
  const evaluate = program
    .command("evaluate")
    .description("print the metrics of finished runs, with intervals")
    .argument("<folder...>", "runs, or folders that hold some");
  evaluate.option("--images <folder>", "judge on images in class folders, not on the test images");
  engineOptions(tableOptions(evaluate)).action((folders: string[], options: EvaluateOptions) =>
    run(import("../commands/results.ts").then(({ evaluate }) => evaluate(folders, options))),
  );
  examples(
    evaluate,
    "sd evaluate runs/digits",
    "sd evaluate runs/digits --split validation --json",
  );

  const predict = program
    .command("predict")
    .description("print the most likely classes of images, by the network of a finished run")
    .argument("<run>", "the run's folder")
    .argument("<image...>", "JPEG, PNG or WebP files, or folders of them")
    .option("--top <n>", "how many classes are named for each image", count(1), 1)
    .option("--calibrated", "divide by the temperature that the validation images ask for");
  engineOptions(jsonOption(predict)).action(
    (folder: string, paths: string[], options: PredictOptions) =>
      run(import("../commands/predict.ts").then(({ predict }) => predict(folder, paths, options))),
  );
  examples(predict, "sd predict runs/pets cat.jpg", "sd predict runs/pets photos --top 3 --json");

  const compare = program
    .command("compare")
    .description("compare finished runs with the first one, on the same images")
    .argument("<folder...>", "two runs or more; the first is what the others are compared with");
  tableOptions(compare).action((folders: string[], options: TableCommandOptions) =>
    run(import("../commands/results.ts").then(({ compare }) => compare(folders, options))),
  );
  examples(compare, "sd compare runs/plain runs/smoothed");

  const report = program
    .command("report")
    .description("write a page, or a table, about finished runs")
    .argument("<folder...>", "runs, studies, or folders that hold some")
    .addOption(
      new Option("--format <kind>", "what is written")
        .choices(["html", "md", "csv", "json"])
        .default("html"),
    )
    .option(
      "--out <file>",
      "the file (default: report.html in the first folder, else standard output)",
    )
    .option("--figures <folder>", "write the figures there too, as SVG with their data")
    .option("--title <words>", "the title of the page")
    .option("--baseline <method>", "the method that others are compared with")
    .option("--split <name>", "the predictions to judge", "test")
    .option("--force", "replace the file where there is one")
    .action((folders: string[], options: ReportCommandOptions) =>
      run(import("../commands/results.ts").then(({ report }) => report(folders, options))),
    );
  examples(
    report,
    "sd report runs/compare",
    "sd report runs/compare --format csv --out results.csv",
    "sd report runs/compare --figures figures",
  );

  const serve = program
    .command("serve")
    .description("show runs in a browser while they go on; to this machine alone")
    .argument("[folder]", "where the runs are", "runs")
    .option("--port <n>", "where to listen; 0 takes a free one", count(0), 8787)
    .action((folder: string, options: { port: number }) =>
      run(import("../commands/serve.ts").then(({ serveCommand }) => serveCommand(folder, options))),
    );
  examples(serve, "sd serve", "sd serve runs/compare --port 0");
}
