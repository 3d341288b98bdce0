// Which process this is, and whether another one still lives: a number alone may have been given out again.
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** One process among all that ever ran. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** When it was started, in the kernel's ticks since the machine was; Linux only. */
  readonly started?: string | undefined;
  /** Which start of the machine it belongs to; Linux only. */
  readonly boot?: string | undefined;
  /** The name space of its number: a container counts its processes anew; Linux only. */
  readonly namespace?: string | undefined;
}

/** Whether a process lives; `unknown` where this machine cannot see it. */
export type Liveness = "alive" | "dead" | "unknown";

const read = (path: string): Promise<string | undefined> =>
  readFile(path, "utf8").catch(() => undefined);

/** What /proc tells of a process; undefined without such a process or /proc. */
async function statOf(pid: number): Promise<{ state: string; started: string } | undefined> {
  const stat = await read(`/proc/${pid}/stat`);
  // The name, in brackets, may hold spaces and brackets itself; after it come fields 3, the state, and so on.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields && { state: fields[0]!, started: fields[22 - 3]! };
}

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return {
    pid: process.pid,
    host: hostname(),
    started: (await statOf(process.pid))?.started,
    boot: (await read("/proc/sys/kernel/random/boot_id"))?.trim(),
    namespace: await readlink("/proc/self/ns/pid").catch(() => undefined),
  };
}

/** Whether a process of this number is there, whoever owns it. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether `other` still lives, as far as the process `own` can see. */
export async function livenessOf(other: ProcessIdentity, own: ProcessIdentity): Promise<Liveness> {
  if (other.host !== own.host) return "unknown";
  // No process outlives its machine.
  if (other.boot !== own.boot) return "dead";
  if (other.namespace !== own.namespace) return "unknown";
  if (!exists(other.pid)) return "dead";
  const seen = await statOf(other.pid);
  if (seen === undefined) return "alive";
  // Ended, though its parent has not asked for its exit status yet.
  if (seen.state === "Z" || seen.state === "X") return "dead";
  return other.started === undefined || other.started === seen.started ? "alive" : "dead";
}
