// `sd data`: downloading, checking and looking at data sets.
import { join } from "node:path";
import {
  checkDataset,
  type DatasetName,
  type DownloadProgress,
  datasetNames,
  getDataset,
  type ImageDataset,
} from "@sd/data";
import { nearest } from "../config/nearest.ts";
import { UsageError } from "../errors.ts";
import { Interrupted, interruptible } from "../interrupt.ts";
import { runSteps } from "../progress.ts";
import { openImageFolders } from "../run/image-folders.ts";
import { findNamed, openNamed } from "../run/named-data.ts";
import { percent } from "../training-progress.ts";

/** Where the named data sets are. */
export interface DataChoice {
  readonly data: string;
  readonly json?: boolean;
}

/** The options of `sd data get`. */
export interface DataGetOptions extends DataChoice {
  /** The address of a mirror. */
  readonly from?: string;
}

/** The options of `sd data show`. */
export interface DataShowOptions extends DataChoice {
  readonly size?: number;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

function checkName(name: string): DatasetName {
  if ((datasetNames as readonly string[]).includes(name)) return name as DatasetName;
  const meant = nearest(name, datasetNames);
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  throw new UsageError(`expected one of ${datasetNames.join(", ")}, got ${name}${hint}`);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function describe({ file, received, total }: DownloadProgress): string {
  const share = total === undefined ? "" : ` of ${megabytes(total)}, ${percent(received / total)}`;
  return `${file}: ${megabytes(received)}${share}`;
}

/** Downloads data sets, each into a folder of its own. */
export async function dataGet(
  names: readonly string[],
  { data, from, json }: DataGetOptions,
): Promise<number> {
  const known = names.map(checkName);
  const results: object[] = [];
  await interruptible((signal) =>
    runSteps(
      known.map((name) => ({
        title: name,
        async run(reporter) {
          const options = {
            folder: join(data, name),
            signal,
            onProgress: (progress: DownloadProgress) => reporter.live(describe(progress)),
            ...(from === undefined ? {} : { baseUrl: from }),
          };
          const fetched = await getDataset(name, options).catch((error: unknown) => {
            throw signal.aborted ? new Interrupted(signal) : error;
          });
          results.push(fetched);
          reporter.line(`licence: ${fetched.licence}`);
          reporter.line(`to cite: ${fetched.citation}`);
          return `${fetched.folder}: ${fetched.downloaded ? "downloaded" : "was there already"}`;
        },
      })),
    ),
  );
  if (json) print(JSON.stringify(results, null, 2));
  return 0;
}

/** Compares the files of a data set with the official ones. */
export async function dataCheck(name: string, { data, json }: DataChoice): Promise<number> {
  const known = checkName(name);
  const folder = findNamed(name, data) ?? join(data, name);
  const check = await checkDataset(known, folder);
  if (json) print(JSON.stringify({ folder, ...check }, null, 2));
  else {
    print([folder, ...check.files.map(({ name: file, state }) => `${state}  ${file}`)].join("\n"));
  }
  return check.complete ? 0 : 1;
}

/** How many images each class has. */
function countsOf({ labels, classes, classNames }: ImageDataset): [string, number][] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts.map((count, label) => [classNames?.[label] ?? String(label), count]);
}

const summary = (images: ImageDataset): object => ({
  shape: images.shape,
  classes: Object.fromEntries(countsOf(images)),
  checksum: images.checksum,
});

/** Says what a data set holds: a known one, or a folder of images. */
export async function dataShow(
  what: string,
  { data, size, json }: DataShowOptions,
): Promise<number> {
  const isName = (datasetNames as readonly string[]).includes(what);
  const { train, test } = isName
    ? await openNamed({ name: what as DatasetName, size }, data)
    : await openImageFolders(what, size ?? 32);
  const parts = Object.entries({ train, test }).filter(([, images]) => images !== undefined);
  if (json) {
    print(
      JSON.stringify(
        Object.fromEntries(parts.map(([part, images]) => [part, summary(images!)])),
        null,
        2,
      ),
    );
    return 0;
  }
  for (const [part, images] of parts) {
    const [n, h, w, c] = images!.shape;
    print(
      `${part}: ${n} images of ${h} × ${w} pixels in ${c} channels, ${images!.classes} classes`,
    );
    for (const [name, count] of countsOf(images!)) print(`  ${String(count).padStart(6)}  ${name}`);
  }
  return 0;
}
