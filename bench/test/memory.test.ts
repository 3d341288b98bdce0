// The process that measures memory, for a few steps.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findEngine } from "@sd/tfjs-native";
import { expect, test } from "vitest";

const missing =
  (await findEngine()) === undefined ? "the native engine is not installed" : undefined;
const script = fileURLToPath(new URL("../workers/step-memory.ts", import.meta.url));

test("memory stays flat after a warm-up", (ctx) => {
  if (missing) ctx.skip(missing);
  const options = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];
  const args = [...options, script, "lenet", "16", "150", "300"];
  const { before, after, peak, tensors } = JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8" }),
  );
  expect(tensors).toBe(0);
  // A leak of one batch a step would be 15 MB.
  expect(after - before).toBeLessThan(12);
  expect(peak).toBeGreaterThanOrEqual(after);
}, 60_000);
