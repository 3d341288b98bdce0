// The command `sd-engine`: the native engine for people without the trainer.
import { parseArgs } from "node:util";
import { doctor, formatDoctor } from "./doctor.ts";
import { EngineError } from "./errors.ts";
import { findEngine, installEngine, removeEngine } from "./install.ts";

const HELP = `Usage: sd-engine <command>

Commands:
  install [--wheel FILE]  download TensorFlow and build the native backend, once per user
  doctor                  say what is there, what is missing, and whether the engine works
  path                    print the path of the compiled addon
  remove                  delete the per-user cache

The cache is $SD_CACHE_DIR, else the folder sd in $XDG_CACHE_HOME or ~/.cache.
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const COMMANDS: Record<string, (options: { wheel?: string | undefined }) => Promise<number>> = {
  async install({ wheel }) {
    const { addon, tensorflowVersion } = await installEngine({ wheel, log: say });
    print(`native engine ready: TensorFlow ${tensorflowVersion}, ${addon}`);
    return 0;
  },
  async doctor() {
    const report = await doctor();
    print(formatDoctor(report));
    return report.usable ? 0 : 1;
  },
  async path() {
    const engine = await findEngine();
    if (engine === undefined)
      throw new EngineError("NOT_INSTALLED", "it is not installed", {
        hint: "Run `sd-engine install`",
      });
    print(engine.addon);
    return 0;
  },
  async remove() {
    print(`removed ${await removeEngine()}`);
    return 0;
  },
};

async function main(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { wheel: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  const [name, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined || rest.length > 0) {
    process.stderr.write(
      name === undefined
        ? HELP
        : `sd-engine: unknown command \`${positionals.join(" ")}\`\n\n${HELP}`,
    );
    return 2;
  }
  return command(values);
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
