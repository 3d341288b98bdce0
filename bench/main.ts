// `npm run bench -- <suite> [--json FILE] [--python PATH]`: speed as ratios against rivals, measured
// in turn in one run.
import { parseArgs } from "node:util";
import { type Comparison, countBars, formatComparison, writeJson } from "./table.ts";

/** What a suite is given. */
export interface SuiteOptions {
  /** An interpreter that has the rivals; without one, an environment is made in the cache. */
  readonly python: string | undefined;
  /** The name of the one network to measure, where a suite has several. */
  readonly only: string | undefined;
  readonly log: (line: string) => void;
}

interface Suite {
  readonly about: string;
  readonly load: () => Promise<(options: SuiteOptions) => AsyncIterable<Comparison>>;
}

const SUITES: Readonly<Record<string, Suite>> = {
  math: {
    about: "the fused loss against tfjs and PyTorch, ECE against torchmetrics, soft targets",
    load: async () => (await import("./math.ts")).math,
  },
  step: {
    about: "a training step of each network against PyTorch: time and peak memory",
    load: async () => (await import("./step.ts")).step,
  },
  memory: {
    about: "that thousands of steps leave memory as it was, and the peak of large batches",
    load: async () => (await import("./memory.ts")).memory,
  },
  loop: {
    about: "the training loop against its bare steps, with augmented images",
    load: async () => (await import("./loop.ts")).loop,
  },
};

const HELP = `Usage: npm run bench -- <suite> [options]

Suites:
${Object.entries(SUITES)
  .map(([name, { about }]) => `  ${name.padEnd(6)} ${about}\n`)
  .join("")}
Options:
  --json FILE    write everything as JSON as well
  --python PATH  an interpreter with torch 2.13 and torchmetrics 1.9, instead of an environment
                 that is made in the cache
  --only NAME    of the suites step and memory, the one network to measure
`;

function parse(
  args: string[],
): { suite: Suite; json?: string; python?: string; only?: string } | undefined {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: "string" },
      python: { type: "string" },
      only: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  const { help, ...options } = values;
  if (help) return undefined;
  const [name, ...others] = positionals;
  if (name === undefined) throw new Error("expected the name of a suite, see --help");
  if (others.length > 0) throw new Error(`expected one suite, got \`${positionals.join(" ")}\``);
  if (!Object.hasOwn(SUITES, name)) {
    throw new Error(`unknown suite \`${name}\`, there is ${Object.keys(SUITES).join(", ")}`);
  }
  return { suite: SUITES[name]!, ...options };
}

async function main(args: string[]): Promise<void> {
  const parsed = parse(args);
  if (parsed === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const run = await parsed.suite.load();
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const comparisons: Comparison[] = [];
  for await (const comparison of run({ python: parsed.python, only: parsed.only, log })) {
    comparisons.push(comparison);
    process.stdout.write(`${formatComparison(comparison)}\n\n`);
  }
  const { met, all } = countBars(comparisons);
  process.stdout.write(`${met} of ${all} bars met\n`);
  if (parsed.json !== undefined) await writeJson(parsed.json, comparisons);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
});
