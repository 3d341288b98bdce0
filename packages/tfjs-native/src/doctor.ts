import { stat } from "node:fs/promises";
import { BUILDS, type EngineFlavour } from "./builds.ts";
import { cacheRoot, freeBytes } from "./cache.ts";
import { deviceFiles } from "./gpu.ts";
import { inspectEngine } from "./install.ts";
import { type InstallationState, inspect } from "./installation.ts";
import { diskUse, ownEntries } from "./own-entries.ts";
import { buildRequirements, platformProblem } from "./requirements.ts";
import { probe } from "./tools.ts";
import { type TrialFailure, type TrialResult, tryEngine } from "./trial.ts";

/** One line of the report: what was looked for, whether it is well, what was found, what to do. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly hint?: string;
}

/** What {@link doctor} found. */
export interface DoctorReport {
  /** Whether the engine loads and computes, on a GPU where one is required. */
  readonly usable: boolean;
  /** Whether it could be built here. */
  readonly buildable: boolean;
  /** The build of TensorFlow that a program would load. */
  readonly flavour: EngineFlavour;
  /** The device that it computed on, where it did. */
  readonly device: "CPU" | "GPU" | undefined;
  /** Whether loading it ended the process that tried, as a program would be ended. */
  readonly crashed: boolean;
  readonly checks: readonly DoctorCheck[];
}

/** How closely to look. */
export interface DoctorOptions {
  /** Read every installed file and compare its sha256, not its size alone. @defaultValue false */
  readonly verify?: boolean | undefined;
  /** Take a GPU that is not used for a failure. @defaultValue whether `$SD_REQUIRE_GPU` is 1 */
  readonly requireGpu?: boolean | undefined;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

function platformCheck(): DoctorCheck {
  const problem = platformProblem();
  const found = problem ?? `${process.platform}-${process.arch}, Node ${process.versions.node}`;
  return { name: "platform", ok: problem === undefined, found };
}

async function toolChecks(): Promise<DoctorCheck[]> {
  return (await buildRequirements()).map(({ name, found, hint }) =>
    found === undefined ? { name, ok: false, found: "not found", hint } : { name, ok: true, found },
  );
}

/** What NVIDIA's own tool says. A machine without a GPU is well unless the CUDA build is to be used. */
async function driverCheck(needed: boolean): Promise<DoctorCheck> {
  const name = "NVIDIA driver";
  const answer = await probe("nvidia-smi", [
    "--query-gpu=name,driver_version",
    "--format=csv,noheader",
  ]);
  if (answer !== undefined) return { name, ok: true, found: answer.split("\n").join("; ") };
  const files = deviceFiles();
  const seen = files.length > 0 ? `although ${files.join(", ")} is there` : "no /dev/nvidia*";
  return {
    name,
    ok: !needed && files.length === 0,
    found: `none (nvidia-smi does not run, ${seen})`,
  };
}

function installedCheck(
  name: string,
  { installation, damage }: InstallationState,
  { command, needed, verify }: { command: string; needed: boolean; verify: boolean },
): DoctorCheck {
  if (installation !== undefined) {
    const how = verify ? "every file has its sha256" : "every file has its size";
    return { name, ok: true, found: `${installation.addon} (${how})` };
  }
  if (damage.length === 0) {
    const found = `nothing complete in ${cacheRoot()}`;
    return needed
      ? { name, ok: false, found, hint: `run \`${command}\`` }
      : { name, ok: true, found: `not installed (\`${command}\`)` };
  }
  const repair = `run \`${command}${verify ? " --verify" : ""}\`, which repairs it`;
  return { name, ok: false, found: damage.join("; "), hint: repair };
}

async function cacheCheck(): Promise<DoctorCheck> {
  const root = cacheRoot();
  const name = "cache";
  if (!(await stat(root).catch(() => undefined))) {
    return { name, ok: true, found: `${root} is not there yet` };
  }
  const sizes = await Promise.all((await ownEntries(root)).map(diskUse));
  const used = sizes.reduce((a, b) => a + b, 0);
  const free = await freeBytes(root);
  return { name, ok: true, found: `${root}: ${gigabytes(used)}, ${gigabytes(free)} free` };
}

function trialChecks(trial: TrialResult | TrialFailure, needGpu: boolean): DoctorCheck[] {
  if ("problem" in trial) return [{ name: "engine loads", ok: false, found: trial.problem }];
  const { device, tensorflowVersion, oneDNN, gigaflops, gpuProblem } = trial;
  const loads: DoctorCheck = {
    name: "engine loads",
    ok: true,
    found: `TensorFlow ${tensorflowVersion} on ${device}, oneDNN ${oneDNN ? "on" : "off"}, matrix product ${gigaflops.toFixed(0)} GFLOP/s`,
  };
  if (gpuProblem === undefined) return [loads, { name: "GPU", ok: true, found: "in use" }];
  return [loads, { name: "GPU", ok: !needGpu, found: `not used: ${gpuProblem}` }];
}

/**
 * Looks at everything that the engine needs, to be built and to run, and tries it in a process of its own, so that a crash is
 * a line of the report. Changes nothing.
 */
export async function doctor({
  verify = false,
  requireGpu = process.env.SD_REQUIRE_GPU === "1",
}: DoctorOptions = {}): Promise<DoctorReport> {
  const { flavour } = (await inspectEngine()).build;
  const supported = platformProblem() === undefined;
  const look = (build: EngineFlavour): Promise<InstallationState> =>
    supported ? inspect(cacheRoot(), BUILDS[build], verify) : Promise.resolve({ damage: [] });
  const states = { cpu: await look("cpu"), cuda: await look("cuda") };
  const needGpu = requireGpu || flavour === "cuda";
  const built = [platformCheck(), ...(await toolChecks())];
  const checks: DoctorCheck[] = [
    ...built,
    await driverCheck(needGpu),
    installedCheck("installed", states.cpu, {
      command: "npx sd-engine install",
      needed: flavour === "cpu",
      verify,
    }),
    installedCheck("installed for CUDA", states.cuda, {
      command: "npx sd-engine install --cuda",
      needed: flavour === "cuda" || requireGpu,
      verify,
    }),
    await cacheCheck(),
  ];
  const trial = states[flavour].installation && (await tryEngine(flavour));
  const tried = trial === undefined ? [] : trialChecks(trial, needGpu);
  const device = trial !== undefined && "device" in trial ? trial.device : undefined;
  return {
    usable: device === "GPU" || (device === "CPU" && !requireGpu),
    buildable: built.every(({ ok }) => ok),
    flavour,
    device,
    crashed: trial !== undefined && "crashed" in trial && trial.crashed,
    checks: [...checks, ...tried],
  };
}

/** The report as lines of text, one a check. */
export function formatDoctor({ checks }: DoctorReport): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, ok, found, hint }) => {
      const text = `${found}${hint ? ` (${hint})` : ""}`.split("\n").join("\n         ");
      return `${ok ? "ok     " : "missing"}  ${name.padEnd(width)}  ${text}`;
    })
    .join("\n");
}
