import { checkNumber } from "@sd/math";

/** What an archive may hold at most; more is taken for an attempt to fill the disk. */
export interface ArchiveLimits {
  /** Files and folders. @defaultValue 1,000,000 */
  readonly entries?: number;
  /** Uncompressed bytes of one file. @defaultValue 1 GiB */
  readonly entryBytes?: number;
  /** Uncompressed bytes of all files. @defaultValue 8 GiB */
  readonly totalBytes?: number;
  /** Uncompressed bytes for each compressed one, once there is more than 1 MiB. @defaultValue 200 */
  readonly ratio?: number;
}

const GIB = 2 ** 30;

/** Below this many bytes a high ratio harms nobody: small files of zeros are common. */
export const RATIO_FROM: number = 2 ** 20;

/** Fails unless the limits are numbers, and fills in those that are not given. */
export function checkLimits(functionName: string, limits: ArchiveLimits): Required<ArchiveLimits> {
  const defaults = { entries: 1e6, entryBytes: GIB, totalBytes: 8 * GIB, ratio: 200 };
  const all = { ...defaults, ...limits };
  for (const [name, value] of Object.entries(all)) {
    checkNumber(functionName, `limits.${name}`, value, { min: 0, aboveMin: true });
  }
  return all;
}
