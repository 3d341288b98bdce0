import { RunError } from "./error.ts";
import { readJson, writeJson } from "./json-file.ts";
import { statusFile } from "./layout.ts";

const STATES = ["queued", "running", "done", "failed", "stopped"] as const;

/** How far a run is: it succeeded only if this is `done`. */
export type RunState = (typeof STATES)[number];

/** What else is worth knowing of a state. */
export interface StatusDetail {
  /** Why the run failed. */
  readonly error?: string;
  readonly [name: string]: string | number | boolean | null | undefined;
}

/** The content of status.json. */
export interface RunStatus extends StatusDetail {
  readonly state: RunState;
  /** When it was written, ISO 8601 in UTC. */
  readonly updatedAt: string;
}

export async function writeStatus(
  folder: string,
  state: RunState,
  detail: StatusDetail = {},
): Promise<RunStatus> {
  if (!STATES.includes(state)) {
    throw new RunError(
      "ERR_BAD_VALUE",
      statusFile(folder),
      `expected a state among ${STATES}, got ${state}`,
    );
  }
  const status = { ...detail, state, updatedAt: new Date().toISOString() };
  await writeJson(statusFile(folder), status);
  return status;
}

export async function readStatus(folder: string): Promise<RunStatus> {
  const status = await readJson(statusFile(folder));
  if (!STATES.includes(status.state as RunState)) {
    throw new RunError(
      "ERR_BAD_FILE",
      statusFile(folder),
      `expected a state among ${STATES}, got ${status.state}`,
    );
  }
  return status as unknown as RunStatus;
}
