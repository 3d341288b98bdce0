// `npm run format`: formats and lints the whole tree in place.
import { spawnSync } from "node:child_process";

process.exitCode = spawnSync("biome", ["check", "--write", "."], { stdio: "inherit" }).status ?? 1;
