import { open, stat } from "node:fs/promises";
import { ArchiveError, DataError } from "../error.ts";
import type { RawEntry } from "./entry.ts";
import { entryPath } from "./entry-path.ts";
import { type ArchiveLimits, RATIO_FROM } from "./limits.ts";
import { tarEntries } from "./tar.ts";
import { zipEntries } from "./zip.ts";

/** A file or folder of an archive that may be unpacked. */
export interface ArchiveEntry extends Pick<RawEntry, "size" | "offset" | "body"> {
  /** Below the folder that the archive is unpacked to, with `/`. */
  readonly path: string;
  readonly kind: "file" | "folder";
}

/** By its first bytes; a plain tar archive has its name in its first header. */
async function entriesOf(file: string): Promise<AsyncGenerator<RawEntry, void, undefined>> {
  const handle = await open(file);
  const start = Buffer.alloc(512);
  try {
    await handle.read(start, 0, start.length, 0);
  } finally {
    await handle.close();
  }
  const magic = start.toString("latin1", 0, 4);
  if (magic === "PK\x03\x04" || magic === "PK\x05\x06") return zipEntries(file);
  if (magic.startsWith("\x1f\x8b")) return tarEntries(file, { gzip: true });
  if (start.toString("latin1", 257, 262) === "ustar") return tarEntries(file, { gzip: false });
  throw new DataError(file, 0, "expected a .tar, .tar.gz or .zip archive");
}

/** What was seen of an archive, against what it may hold. */
class Budget {
  readonly #limits: Required<ArchiveLimits>;
  readonly #archiveBytes: number;
  #entries = 0;
  #total = 0;

  constructor(limits: Required<ArchiveLimits>, archiveBytes: number) {
    this.#limits = limits;
    this.#archiveBytes = archiveBytes;
  }

  /** What is exceeded by this entry, if anything. */
  faultOf({ size, compressedSize }: RawEntry): string | undefined {
    const { entries, entryBytes, totalBytes, ratio } = this.#limits;
    this.#entries++;
    this.#total += size;
    // A tar archive is compressed as a whole.
    const [large, small] =
      compressedSize === undefined ? [this.#total, this.#archiveBytes] : [size, compressedSize];
    if (this.#entries > entries) return `expected at most ${entries} entries`;
    if (size > entryBytes) return `expected at most ${entryBytes} bytes, got ${size}`;
    if (this.#total > totalBytes) return `expected at most ${totalBytes} bytes in all`;
    if (large > RATIO_FROM && large > ratio * small) {
      return `expected at most ${ratio} bytes for each compressed one, got ${large} for ${small}`;
    }
    return undefined;
  }
}

/** The paths that were seen: each once, and no file where a folder is. */
class Paths {
  readonly #files: Set<string> = new Set();
  readonly #folders: Set<string> = new Set();

  /** What is wrong with one more path, if anything. */
  faultOf(path: string, kind: ArchiveEntry["kind"]): string | undefined {
    const parts = path.split("/");
    const around = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
    const blocked = around.find((folder) => this.#files.has(folder));
    if (blocked !== undefined) return `expected a folder around it, got the file ${blocked}`;
    for (const folder of around) this.#folders.add(folder);
    if (this.#files.has(path)) return "expected every name once, got it again";
    if (kind === "folder") this.#folders.add(path);
    else if (this.#folders.has(path)) return "expected a file, got a folder of that name before";
    else this.#files.add(path);
    return undefined;
  }
}

/** Fails where an entry would do harm; its path otherwise. */
function checkEntry(file: string, raw: RawEntry, budget: Budget, paths: Paths): string {
  const at = { entry: raw.name, offset: raw.offset };
  const named = entryPath(raw.name);
  if ("fault" in named) throw new ArchiveError(file, at, named.fault);
  if (raw.kind === "link" || raw.kind === "other") {
    const got = raw.kind === "link" ? "a link" : "a device or a pipe";
    throw new ArchiveError(file, at, `expected a file or a folder, got ${got}`);
  }
  if (raw.kind === "file" && named.path === "") {
    throw new ArchiveError(file, at, "expected a name");
  }
  const fault = budget.faultOf(raw) ?? paths.faultOf(named.path, raw.kind);
  if (fault !== undefined) throw new ArchiveError(file, at, fault);
  return named.path;
}

/**
 * The files and folders of an archive, each checked before it is handed on; a body is read before the next entry is asked for.
 *
 * @throws {@link ArchiveError} on names that leave the folder, links, devices, names seen before, more than `limits` allow, and
 * whatever is broken; {@link DataError} if it is no archive.
 */
export async function* archiveEntries(
  file: string,
  limits: Required<ArchiveLimits>,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const budget = new Budget(limits, (await stat(file)).size);
  const paths = new Paths();
  for await (const raw of await entriesOf(file)) {
    const path = checkEntry(file, raw, budget, paths);
    if (path === "") continue;
    const { size, offset } = raw;
    yield { path, kind: raw.kind as ArchiveEntry["kind"], size, offset, body: () => raw.body() };
  }
}
