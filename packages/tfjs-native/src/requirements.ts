import { EngineError } from "./errors.ts";
import { probe } from "./tools.ts";

/** One thing that building the engine needs, and what was found. */
export interface Requirement {
  readonly name: string;
  readonly found: string | undefined;
  readonly hint: string;
}

/** The oldest C library that the pinned TensorFlow runs on. */
const GLIBC = [2, 27] as const;

function glibcVersion(): string | undefined {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime;
}

/** Why the engine cannot run on this platform, or undefined where it can. */
export function platformProblem(
  platform: string = process.platform,
  arch: string = process.arch,
  glibc: string | undefined = glibcVersion(),
): string | undefined {
  if (platform !== "linux" || arch !== "x64") {
    return `TensorFlow is pinned for linux-x64 only, this is ${platform}-${arch}`;
  }
  const [major = 0, minor = 0] = (glibc ?? "").split(".").map(Number);
  if (major < GLIBC[0] || (major === GLIBC[0] && minor < GLIBC[1])) {
    return `TensorFlow needs glibc ${GLIBC.join(".")} or later, this system has ${glibc ?? "none"}`;
  }
  return undefined;
}

const firstLine = (text: string | undefined): string | undefined => text?.split("\n")[0];

/** Looks for the programs that fetch and build the engine. None of them is needed to run it. */
export async function buildRequirements(): Promise<Requirement[]> {
  const [python, pip, compiler] = await Promise.all([
    probe("python3", ["--version"]),
    probe("python3", ["-m", "pip", "--version"]),
    probe("g++", ["--version"]),
  ]);
  return [
    { name: "Python 3", found: firstLine(python), hint: "install python3" },
    { name: "pip", found: firstLine(pip)?.split(" from ")[0], hint: "install python3-pip" },
    { name: "C++ compiler (g++)", found: firstLine(compiler), hint: "install g++" },
  ];
}

/** Fails with everything that is missing, in one message. */
export async function checkRequirements(): Promise<void> {
  const problem = platformProblem();
  if (problem !== undefined) throw new EngineError("UNSUPPORTED_PLATFORM", problem);
  const missing = (await buildRequirements()).filter(({ found }) => found === undefined);
  if (missing.length > 0) {
    throw new EngineError(
      "MISSING_TOOL",
      `${missing.map(({ name }) => name).join(" and ")} not found`,
      { hint: `To build the engine: ${missing.map(({ hint }) => hint).join(", ")}` },
    );
  }
}
