import { expect, test } from "vitest";
import type { Recording } from "../src/recording.ts";
import { Recordings } from "../src/recordings.ts";

const recording = (entry: string): Recording => ({
  ...{ entry, inputs: new Map(), constants: [], ops: [], outputs: [], updates: [] },
});
const entries = (recordings: Recordings): string[] => recordings.all().map(({ entry }) => entry);

test("the least recently used goes first", () => {
  const recordings = new Recordings(2);
  for (const key of ["a", "b"]) recordings.add(key, recording(key), () => {});
  expect(recordings.get("a")?.entry).toBe("a");
  recordings.add("c", recording("c"), () => {});
  expect([entries(recordings), recordings.size]).toEqual([["a", "c"], 2]);
  expect(recordings.get("b")).toBeUndefined();
  recordings.clear();
  expect(recordings.size).toBe(0);
});

test("one that cannot be built changes nothing", () => {
  const recordings = new Recordings(1);
  recordings.add("a", recording("a"), () => {});
  let during: string[] = [];
  const build = () => {
    during = entries(recordings);
    throw new Error("broken");
  };
  expect(() => recordings.add("b", recording("b"), build)).toThrow("broken");
  expect([during, entries(recordings)]).toEqual([["b"], ["a"]]);
});
