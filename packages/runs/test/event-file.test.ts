import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crc32c } from "../src/crc32c.ts";
import { EventFile, eventTags } from "../src/event-file.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("crc32c", () => {
  // RFC 3720, appendix B.4; and the check value of the catalogue of CRCs.
  it.each([
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    [new TextEncoder().encode("123456789"), 0xe3069283],
  ])("agrees with the published values", (bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
  });
});

describe("eventTags", () => {
  it("puts numbers below their split, and leaves out what is no number", () => {
    expect(eventTags({ epoch: 3, trainLoss: 1, validationNll: 2, seconds: 4, note: "x" })).toEqual({
      "train/loss": 1,
      "validation/nll": 2,
      "run/seconds": 4,
    });
  });
});

const rows = [
  { epoch: 0, trainLoss: 2.5, validationAccuracy: 0.5 },
  { epoch: 1, trainLoss: 1.25, validationAccuracy: 0.75 },
];

/** The lengths of a file's records; fails where a frame is broken. */
function recordsOf(path: string): number[] {
  const bytes = readFileSync(path);
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    lengths.push(length);
    at += 8 + 4 + length + 4;
    expect(at).toBeLessThanOrEqual(bytes.length);
  }
  return lengths;
}

describe("EventFile", () => {
  it("has a record for the version and one for each epoch, before and after", async () => {
    const folder = await temporaryFolder();
    const file = await EventFile.create(folder, rows.slice(0, 1));
    await file.append(rows[1]!);
    expect(recordsOf(file.path)).toHaveLength(3);
  });

  it("takes the place of the file that an earlier process left", async () => {
    const folder = await temporaryFolder();
    await EventFile.create(folder, rows);
    await EventFile.create(folder, rows);
    expect(readdirSync(join(folder, "tensorboard"))).toHaveLength(1);
  });

  it("is read by TensorBoard's own reader", async (ctx) => {
    const python = process.env.SD_PYTHON;
    if (!python) ctx.skip("SD_PYTHON names no Python with the package tensorboard");
    const folder = await temporaryFolder();
    const file = await EventFile.create(folder, rows.slice(0, 1));
    await file.append(rows[1]!);
    const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1]); events.Reload()
print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))`;
    const out = execFileSync(python!, ["-c", script, join(folder, "tensorboard")]);
    expect(JSON.parse(out.toString())).toEqual({
      "train/loss": [
        [0, 2.5],
        [1, 1.25],
      ],
      "validation/accuracy": [
        [0, 0.5],
        [1, 0.75],
      ],
    });
  });
});
