import { cacheRoot } from "./cache.ts";
import { findEngine } from "./install.ts";
import { loadNativeBackend } from "./load.ts";
import { buildRequirements, platformProblem } from "./requirements.ts";

/** One line of the report: what was looked for, whether it is well, what was found, what to do. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly hint?: string;
}

/** What {@link doctor} found. */
export interface DoctorReport {
  /** Whether the engine loads and computes. */
  readonly usable: boolean;
  /** Whether it could be built here. */
  readonly buildable: boolean;
  readonly checks: readonly DoctorCheck[];
}

const SIZE = 1024;

/** Multiplies two matrices and returns billions of floating-point operations a second. */
async function matmulSpeed(): Promise<number> {
  const { tf } = await loadNativeBackend();
  const [a, b] = [tf.ones([SIZE, SIZE]), tf.ones([SIZE, SIZE])];
  const once = (): number => {
    const start = process.hrtime.bigint();
    const c = tf.matMul(a, b);
    c.dataSync();
    c.dispose();
    return Number(process.hrtime.bigint() - start);
  };
  const best = Math.min(...Array.from({ length: 5 }, once));
  tf.dispose([a, b]);
  return (2 * SIZE ** 3) / best;
}

async function loadCheck(): Promise<DoctorCheck> {
  try {
    const { device, tensorflowVersion, oneDNN } = await loadNativeBackend();
    const speed = await matmulSpeed();
    return {
      name: "engine loads",
      ok: true,
      found: `TensorFlow ${tensorflowVersion} on ${device}, oneDNN ${oneDNN ? "on" : "off"}, matrix product ${speed.toFixed(0)} GFLOP/s`,
    };
  } catch (error) {
    return { name: "engine loads", ok: false, found: (error as Error).message };
  }
}

/** Looks at everything that the engine needs, to be built and to run, and tries it. Changes nothing. */
export async function doctor(): Promise<DoctorReport> {
  const problem = platformProblem();
  const platform: DoctorCheck = {
    name: "platform",
    ok: problem === undefined,
    found: problem ?? `${process.platform}-${process.arch}, Node ${process.versions.node}`,
  };
  const tools = (await buildRequirements()).map(
    ({ name, found, hint }): DoctorCheck =>
      found === undefined
        ? { name, ok: false, found: "not found", hint }
        : { name, ok: true, found },
  );
  const installation = await findEngine();
  const installed: DoctorCheck =
    installation === undefined
      ? {
          name: "installed",
          ok: false,
          found: `nothing complete in ${cacheRoot()}`,
          hint: "run `npx sd-engine install`",
        }
      : { name: "installed", ok: true, found: installation.addon };
  const loads = installation === undefined ? [] : [await loadCheck()];
  return {
    usable: loads.some(({ ok }) => ok),
    buildable: [platform, ...tools].every(({ ok }) => ok),
    checks: [platform, ...tools, installed, ...loads],
  };
}

/** The report as lines of text, one a check. */
export function formatDoctor({ checks }: DoctorReport): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(
      ({ name, ok, found, hint }) =>
        `${ok ? "ok     " : "missing"}  ${name.padEnd(width)}  ${found}${hint ? ` (${hint})` : ""}`,
    )
    .join("\n");
}
