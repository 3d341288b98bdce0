// TensorBoard's event files: records of protocol buffers, each framed by its length and masked checksums (TFRecord).
import { appendFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { crc32c } from "./crc32c.ts";
import type { MetricsRow } from "./metrics-file.ts";

/** Numbers at one step. */
interface Scalars {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** TFRecord's mask, which keeps a checksum of a checksum from being trivial. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** length (uint64), its checksum (uint32), the data, its checksum (uint32); little-endian. */
function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return record;
}

/** `Event { wall_time: 1, step: 2, file_version: 3, summary: 5 }` of tensorflow/core/util/event.proto. */
function event(wallTime: number, step: number, body: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Bit64).double(wallTime);
  writer.tag(2, WireType.Varint).int64(step);
  body(writer);
  return frame(writer.finish());
}

/** The first record of every file. */
const header = (wallTime: number): Uint8Array =>
  event(wallTime, 0, (writer) => {
    writer.tag(3, WireType.LengthDelimited).string("brain.Event:2");
  });

/** `Summary { value: 1 { tag: 1, simple_value: 2 } }`. */
const scalars = ({ wallTime, step, values }: Scalars): Uint8Array =>
  event(wallTime, step, (writer) => {
    writer.tag(5, WireType.LengthDelimited).fork();
    for (const [tag, value] of Object.entries(values)) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(tag);
      writer.tag(2, WireType.Bit32).float(value);
      writer.join();
    }
    writer.join();
  });

/** The numbers of an epoch's line, by TensorBoard's tags: `train/loss` of `trainLoss`. */
export function eventTags(row: MetricsRow): Record<string, number> {
  const numbers = Object.entries(row).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number" && entry[0] !== "epoch",
  );
  return Object.fromEntries(
    numbers.map(([name, value]) => {
      const [, split, rest] = /^(train|validation|test)([A-Z]\w*)$/.exec(name) ?? [];
      const tag =
        split && rest ? `${split}/${rest[0]!.toLowerCase()}${rest.slice(1)}` : `run/${name}`;
      return [tag, value];
    }),
  );
}

const encode = (row: MetricsRow, wallTime: number): Uint8Array =>
  scalars({ wallTime, step: row.epoch, values: eventTags(row) });

const now = (): number => Date.now() / 1000;

/**
 * A run's metrics as TensorBoard reads them: `tensorboard --logdir runs`.
 *
 * metrics.jsonl is what counts; this is a copy, made anew whenever a run is begun or gone on with.
 */
export class EventFile {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Writes the file of a run folder, with the epochs that there are already.
   *
   * @param folder - The run's folder; what it has of earlier event files is replaced.
   * @param rows - The lines of metrics.jsonl.
   */
  static async create(folder: string, rows: readonly MetricsRow[]): Promise<EventFile> {
    const below = join(folder, "tensorboard");
    await mkdir(below, { recursive: true });
    for (const name of await readdir(below)) {
      if (name.startsWith("events.out.tfevents.")) await rm(join(below, name));
    }
    const time = now();
    const name = `events.out.tfevents.${Math.floor(time)}.${hostname()}.${process.pid}.0`;
    const file = new EventFile(join(below, name));
    await writeFile(
      file.path,
      Buffer.concat([header(time), ...rows.map((row) => encode(row, time))]),
    );
    return file;
  }

  /** Adds an epoch. */
  async append(row: MetricsRow): Promise<void> {
    await appendFile(this.path, encode(row, now()));
  }
}
