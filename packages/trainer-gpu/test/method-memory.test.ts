import { expect, test } from "vitest";
import { packMemory, restoreMemory } from "../src/method-memory.ts";

const fresh = () => ({ sums: new Float64Array(4), seen: new Uint8Array(2) });
const stored = {
  "method.sums": { dtype: "F64", shape: [4], data: Float64Array.of(1, 2, 3, 4) },
  "method.seen": { dtype: "U8", shape: [2], data: Uint8Array.of(1, 0) },
} as const;

test("a memory comes back from its tensors", () => {
  const memory = fresh();
  restoreMemory(memory, stored);
  expect(memory).toEqual({ sums: Float64Array.of(1, 2, 3, 4), seen: Uint8Array.of(1, 0) });
  expect(packMemory(memory)).toEqual({
    "method.sums": { shape: [4], data: memory.sums },
    "method.seen": { shape: [2], data: memory.seen },
  });
});

test.each([
  ["missing", {}, "`method.sums`: expected Float64Array of 4, got none"],
  [
    "of another length",
    { ...stored, "method.seen": { dtype: "U8", shape: [3], data: new Uint8Array(3) } },
    "`method.seen`: expected Uint8Array of 2, got Uint8Array of 3",
  ],
  [
    "of another type",
    { ...stored, "method.sums": { dtype: "F32", shape: [4], data: new Float32Array(4) } },
    "`method.sums`: expected Float64Array of 4, got Float32Array of 4",
  ],
] as const)("an array that is %s is refused by name", (_, tensors, message) => {
  expect(() => restoreMemory(fresh(), tensors)).toThrow(message);
});
