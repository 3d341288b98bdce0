import {
  type DoctorReport,
  doctor,
  formatDoctor,
  type InstallOptions,
  installEngine,
} from "@sd/tfjs-native";
import { openEngine } from "@sd/trainer-gpu";

/** The options of `sd engine install`. */
export type EngineInstallOptions = Pick<InstallOptions, "cuda" | "wheel" | "verify">;

/** The options of `sd engine doctor`. */
export interface EngineDoctorOptions {
  readonly json?: boolean;
  readonly verify?: boolean;
  readonly requireGpu?: boolean;
}

/** `sd engine install`: downloads and builds the native engine where it is missing, and repairs it where it is damaged. */
export async function engineInstall(options: EngineInstallOptions): Promise<number> {
  const { addon, flavour, tensorflowVersion } = await installEngine({
    ...options,
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  const name = `TensorFlow ${tensorflowVersion}${flavour === "cuda" ? " for CUDA" : ""}`;
  process.stdout.write(`native engine ready: ${name}, ${addon}\n`);
  return 0;
}

interface Choice {
  readonly engine: string;
  readonly device: string;
  readonly reasons: readonly string[];
}

/** The engine that a run would take; undefined where loading it would end this process as well. */
async function chosenEngine({ crashed }: DoctorReport): Promise<Choice | undefined> {
  if (crashed && ["", "native"].includes(process.env.SD_ENGINE ?? "")) return undefined;
  const { name, device, reasons } = await openEngine({ install: false, requireGpu: false });
  return { engine: name, device, reasons };
}

function formatChoice(chosen: Choice | undefined): string {
  if (chosen === undefined) return "A run would end as the trial did\n";
  const { engine, device, reasons } = chosen;
  const lines = reasons.map((reason) => `  because ${reason}\n`);
  return `A run takes the engine ${engine} (${device})\n${lines.join("")}`;
}

/** `sd engine doctor`: what was found, which engine a run would take, and why. */
export async function engineDoctor({
  json = false,
  verify,
  requireGpu,
}: EngineDoctorOptions): Promise<number> {
  const report = await doctor({ verify, requireGpu });
  const chosen = await chosenEngine(report);
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...report, chosen }, null, 2)}\n`);
  } else {
    process.stdout.write(`${formatDoctor(report)}\n\n${formatChoice(chosen)}`);
    process.stdout.write(
      "SD_ENGINE=native, webgpu, wasm or cpu asks for one, and fails where it cannot be had.\n",
    );
  }
  return chosen === undefined || (requireGpu && !report.usable) ? 1 : 0;
}
