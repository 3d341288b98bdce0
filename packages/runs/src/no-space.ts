import { RunError } from "./error.ts";

/** No room on the disk, in the user's quota, or under the limit on a file's size. */
const CODES: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What writing `path` failed with: in words where there is no room, as it is otherwise. */
export function tellNoSpace(cause: unknown, path: string): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (!CODES.has(code)) return cause;
  const problem = `no room to write it (${message}): what was there before still is`;
  return new RunError("ERR_NO_SPACE", path, problem, { cause });
}
