// A process of its own: once the backend failed to start, tfjs refuses another folder.
import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import { loadWasmBackend } from "../src/index.ts";

test("a folder without .wasm files is named in the error", async () => {
  // tfjs and the module's loader report the failure on the console as well
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  await expect(loadWasmBackend({ folder: tmpdir() })).rejects.toThrow(tmpdir());
});
