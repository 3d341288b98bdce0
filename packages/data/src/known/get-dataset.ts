import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { unpackArchive } from "../archive/unpack-archive.ts";
import { DownloadError } from "../download/download-error.ts";
import { type DownloadOptions, downloadFile } from "../download/download-file.ts";
import { checkKnown, type DatasetCheck, findFile } from "./check-dataset.ts";
import { isOfficial } from "./is-official.ts";
import type { KnownDataset, KnownDownload } from "./known-dataset.ts";
import { type DatasetName, knownDataset } from "./known-datasets.ts";

/** Options of {@link getDataset}. */
export interface GetDatasetOptions extends DownloadOptions {
  /** Where the files go; a folder for this data set alone. */
  readonly folder: string;
  /** A mirror: the address of a folder with the official files. @defaultValue the official address */
  readonly baseUrl?: string;
}

/** A data set whose files are all there and official. */
export interface FetchedDataset {
  readonly title: string;
  readonly folder: string;
  /** Whether anything was downloaded. */
  readonly downloaded: boolean;
  /** What may be done with it, in short: to be shown to who downloads it. */
  readonly licence: string;
  /** What to cite. */
  readonly citation: string;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const addressOf = (known: KnownDataset, baseUrl: string | undefined, name: string): string =>
  new URL(name, baseUrl === undefined ? known.address : `${baseUrl.replace(/\/+$/, "")}/`).href;

/** Fails where a file that is not the official one would have to go. */
function refuseOthers({ files }: DatasetCheck, url: string): void {
  const other = files.find(({ state }) => state === "other");
  if (other === undefined) return;
  const problem = `${other.path} is there and not the official file: move it away`;
  throw new DownloadError("EXISTS", { url, file: other.path! }, problem);
}

/** Downloads one file unless it, or what it holds, is there. */
async function fetchOne(
  known: KnownDataset,
  download: KnownDownload,
  { folder, baseUrl, ...options }: GetDatasetOptions,
): Promise<void> {
  const file = join(folder, download.name);
  const url = addressOf(known, baseUrl, download.name);
  const content = download.gzip ? download.name.replace(/\.gz$/, "") : download.name;
  if ((await findFile(known, folder, content)) !== undefined) {
    // The files that are read were compared before; an archive was not.
    if (known.folder === undefined) return;
    if (await isOfficial(file, download, { uncompress: download.gzip })) return;
    const problem = `${file} is there and not the official file: move it away`;
    throw new DownloadError("EXISTS", { url, file }, problem);
  }
  await downloadFile(url, file, download, options);
}

/** Puts an archive's folder into its place, all of it at once, and removes the archive. */
async function unpack(
  archive: string,
  target: string,
  { signal }: Pick<GetDatasetOptions, "signal">,
): Promise<void> {
  const unpacked = `${target}.unpacked`;
  // Left by a process that was killed.
  await rm(unpacked, { recursive: true, force: true });
  try {
    await unpackArchive(archive, unpacked, signal ? { signal } : {});
    await rename(join(unpacked, basename(target)), target);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  await rm(archive);
}

/** As {@link getDataset}, of anything that is known. */
export async function getKnown(
  known: KnownDataset,
  options: GetDatasetOptions,
): Promise<FetchedDataset> {
  const { title, licence, citation } = known;
  const { folder } = options;
  const result = { title, folder, licence, citation };
  const url = addressOf(known, options.baseUrl, known.downloads[0]!.name);
  await mkdir(folder, { recursive: true });
  const before = await checkKnown(known, folder);
  if (before.complete) return { ...result, downloaded: false };
  refuseOthers(before, url);
  const target = known.folder && join(folder, known.folder);
  if (target !== undefined && (await isThere(target))) {
    const problem = `${target} is there and not complete: move it away`;
    throw new DownloadError("EXISTS", { url, file: target }, problem);
  }
  for (const download of known.downloads) await fetchOne(known, download, options);
  if (target !== undefined) {
    await unpack(join(folder, known.downloads[0]!.name), target, options);
  }
  return { ...result, downloaded: true };
}

/**
 * Downloads a data set from its official address, unless it is there.
 *
 * Every file is compared with the official one by size and checksum, before it appears under its name. A download that was
 * ended is gone on with where it stopped; a request that fails is tried again. Archives are unpacked, and then removed.
 *
 * The result names the licence and what to cite: show them.
 *
 * @param name - One of {@link datasetNames}.
 * @param options - `folder`; `baseUrl` for a mirror, `signal`, `onProgress`.
 * @throws {@link DownloadError} with a `code`; {@link DomainError} on another name; {@link ArchiveError}.
 */
export async function getDataset(
  name: DatasetName,
  options: GetDatasetOptions,
): Promise<FetchedDataset> {
  return getKnown(knownDataset("getDataset", name), options);
}
