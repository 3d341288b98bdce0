// `npm run claims`: trains what is missing, then writes the document; `npm run claims -- results` only writes it.
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeResults } from "./results.ts";
import { trainAll } from "./train.ts";

const USAGE = `Usage: npm run claims -- [train | results] [options]

Trains what is missing of the studies (train), and writes the document from the run folders (results); both where
neither is named.

  --runs <folder>  the folder of the studies' folders (default: runs)
  --data <folder>  the folder of the data sets (default: $SD_DATA, else data)
  --out <file>     the document (default: docs/results.md); a new one has tables alone
  --jobs <n>       runs at once (default: 1)
  --profile <name> a variation that all three experiments have: full
  --set <s=value>  a setting of all studies in place of the files', such as data.images=photos
  --help           this text
`;

const root = fileURLToPath(new URL("../../", import.meta.url));

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      runs: { type: "string", default: "runs" },
      data: { type: "string", default: process.env.SD_DATA ?? "data" },
      out: { type: "string", default: join(root, "docs", "results.md") },
      jobs: { type: "string", default: "1" },
      profile: { type: "string" },
      set: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [part, ...rest] = positionals;
  if (rest.length > 0 || (part !== undefined && part !== "train" && part !== "results")) {
    throw new TypeError(`expected train or results, got ${positionals.join(" ")}`);
  }
  const { runs, data, out } = values;
  if (part !== "results") {
    const settings = values.set.flatMap((setting) => ["--set", setting]);
    const code = await trainAll(runs, values.profile, [
      "--jobs",
      values.jobs,
      "--data",
      data,
      ...settings,
    ]);
    if (code !== 0) return code;
  }
  if (part !== "train") {
    await writeResults({ runs, data, out });
    process.stdout.write(`${resolve(out)}\n`);
  }
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    const misused = error instanceof TypeError;
    process.stderr.write(`${error.message}\n${misused ? `\n${USAGE}` : ""}`);
    process.exitCode = misused ? 2 : 1;
  },
);
