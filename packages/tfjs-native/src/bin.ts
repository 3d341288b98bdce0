// The command `sd-engine`: the native engine for people without the trainer.
import { parseArgs } from "node:util";
import { doctor, formatDoctor } from "./doctor.ts";
import { EngineError } from "./errors.ts";
import { findEngine, installEngine, removeEngine } from "./install.ts";

const HELP = `Usage: sd-engine <command> [options]

Commands:
  install   download TensorFlow and build the native backend, once per user
    --cuda          the build for NVIDIA's GPUs, with the CUDA libraries (3.4 GB)
    --wheel FILE    a pinned wheel on this machine, instead of its download; may be repeated
    --verify        read every installed file again, and repair what has changed
  doctor    say what is there, what is missing, and whether the engine works
    --verify        read every installed file again
    --require-gpu   fail where no GPU is used
  path      print the path of the compiled addon
    --cuda          of the build for NVIDIA's GPUs
  remove    delete the engine from the per-user cache

The cache is $SD_CACHE_DIR, else the folder sd in $XDG_CACHE_HOME or ~/.cache.
Programs load the CUDA build where it is installed; SD_TENSORFLOW=cpu or cuda says which.
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const OPTIONS = {
  cuda: { type: "boolean" },
  wheel: { type: "string", multiple: true },
  verify: { type: "boolean" },
  "require-gpu": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

interface Command {
  readonly options: readonly (keyof Values)[];
  run(values: Values): Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  install: {
    options: ["cuda", "wheel", "verify"],
    async run({ cuda, wheel, verify }) {
      const { addon, flavour, tensorflowVersion } = await installEngine({
        ...{ cuda, wheel, verify },
        log: say,
      });
      const name = `TensorFlow ${tensorflowVersion}${flavour === "cuda" ? " for CUDA" : ""}`;
      print(`native engine ready: ${name}, ${addon}`);
      return 0;
    },
  },
  doctor: {
    options: ["verify", "require-gpu"],
    async run({ verify, "require-gpu": requireGpu }) {
      const report = await doctor({ verify, requireGpu });
      print(formatDoctor(report));
      return report.usable ? 0 : 1;
    },
  },
  path: {
    options: ["cuda"],
    async run({ cuda }) {
      const engine = await findEngine({ cuda });
      if (engine === undefined) {
        throw new EngineError("NOT_INSTALLED", "it is not installed", {
          hint: `Run \`sd-engine install${cuda ? " --cuda" : ""}\``,
        });
      }
      print(engine.addon);
      return 0;
    },
  },
  remove: {
    options: [],
    async run() {
      const { root, bytes } = await removeEngine();
      print(`removed the engine from ${root}: ${Math.round(bytes / 1e6)} MB freed`);
      return 0;
    },
  },
};

function mistake(text: string): number {
  say(`sd-engine: ${text}`);
  return 2;
}

async function main(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  const [name, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (name === undefined) {
    process.stderr.write(HELP);
    return 2;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined || rest.length > 0) {
    return mistake(`unknown command \`${positionals.join(" ")}\`\n\n${HELP}`);
  }
  const given = Object.keys(values) as (keyof Values)[];
  const foreign = given.find((option) => !command.options.includes(option));
  if (foreign !== undefined) return mistake(`\`${name}\` has no option --${foreign}\n\n${HELP}`);
  return command.run(values);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    say(error instanceof EngineError ? error.message : `sd-engine: ${error.message}`);
    process.exitCode = error instanceof EngineError ? 1 : 2;
  },
);
