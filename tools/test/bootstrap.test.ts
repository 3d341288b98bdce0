import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../workspace.ts";

const bootstrap = join(root, "tools", "bootstrap.mjs");

test("an unknown command says which there are", () => {
  const { status, stderr } = spawnSync(process.execPath, [bootstrap, "sart"], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("no command `sart`");
  expect(stderr).toContain("There is start, sd, check, bench, claims, format, api");
});

test("options pass through to the command, and its exit code comes back", (ctx) => {
  if (process.env.SD_BOOTSTRAPPED === undefined) {
    ctx.skip(
      "runs within `npm test` only: elsewhere the bootstrap might install anew under the test",
    );
  }
  const { status, stderr } = spawnSync(process.execPath, [bootstrap, "start", "--epochs", "none"], {
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stderr).toContain("option '--epochs <n>' argument 'none' is invalid");
});
