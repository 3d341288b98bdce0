// `npm run api`: writes packages/*/api.md, what each package promises, from newly built packages.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiReports } from "./api-report.ts";
import { root } from "./workspace.ts";

const build = ["run", "build", "--filter=./packages/*", "--output-logs=errors-only"];
const { status } = spawnSync("turbo", build, { cwd: root, stdio: "inherit" });
if (status === 0) {
  for (const [file, text] of apiReports()) writeFileSync(join(root, file), text);
}
process.exitCode = status ?? 1;
