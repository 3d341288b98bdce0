import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRun, type Run } from "@sd/runs";
import { chromium } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { BROWSERS, findBrowser } from "../../../testing/browser.ts";
import { type Server, startServer } from "../src/serve/serve.ts";
import { sd } from "./sd.ts";

interface Fixture {
  readonly folder: string;
  readonly run: Run;
  readonly server: Server;
}

const config = { method: { name: "m", label: "<b>method</b>" }, model: "mlp", seed: 1, epochs: 3 };

async function serveRuns(): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), "sd-serve-"));
  const run = await createRun(join(folder, "study", "first"), { config, manifest: {} });
  await run.setStatus("running");
  await run.appendMetrics({ epoch: 0, trainLoss: 2, validationAccuracy: 0.25 });
  const server = await startServer({ folder, port: 0, interval: 20 });
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, run, server };
}

/** Collects server-sent events until `enough`. */
async function events(
  address: string,
  enough: (seen: { event: string; data: string }[]) => boolean,
  after?: () => Promise<void>,
): Promise<{ event: string; data: string }[]> {
  const controller = new AbortController();
  const answer = await fetch(`${address}/events`, { signal: controller.signal });
  const seen: { event: string; data: string }[] = [];
  let text = "";
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split("\n\n");
    text = parts.pop()!;
    for (const part of parts) {
      const field = (name: string) => part.split("\n").find((line) => line.startsWith(`${name}: `));
      seen.push({ event: field("event")!.slice(7), data: field("data")!.slice(6) });
    }
    if (seen.length === 1) await after?.();
    if (enough(seen)) break;
  }
  controller.abort();
  return seen;
}

/** A request whose Host header says what it likes. */
const statusFor = (address: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(address, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });

describe("sd serve", () => {
  it("sends everything first, then what changes; and everything again to one who comes back", async () => {
    const { run, server } = await serveRuns();
    const [first, second] = await events(
      server.address,
      (seen) => seen.length === 2,
      async () => {
        await run.appendMetrics({ epoch: 1, trainLoss: 1, validationAccuracy: 0.5 });
      },
    );
    expect(first!.event).toBe("all");
    expect(JSON.parse(first!.data).runs).toMatchObject([
      { id: "study/first", epoch: 1, state: "running" },
    ]);
    expect(second!.event).toBe("changes");
    expect(JSON.parse(second!.data).runs).toMatchObject([{ epoch: 2, accuracy: 0.5 }]);
    const [again] = await events(server.address, (seen) => seen.length === 1);
    expect(JSON.parse(again!.data).runs).toMatchObject([{ epoch: 2 }]);
  });

  it("tells of runs that come, and of runs that go", async () => {
    const { folder, server } = await serveRuns();
    const seen = await events(
      server.address,
      (all) => all.some(({ data }) => JSON.parse(data).gone.length > 0),
      async () => {
        await createRun(join(folder, "second"), { config, manifest: {} });
        rmSync(join(folder, "study"), { recursive: true });
      },
    );
    const changes = seen.map(({ data }) => JSON.parse(data));
    expect(changes.flatMap(({ runs }) => runs.map(({ id }: { id: string }) => id))).toContain(
      "second",
    );
    expect(changes.flatMap(({ gone }) => gone)).toEqual(["study/first"]);
  });

  it("gives the numbers of a run, and of nothing else", async () => {
    const { server } = await serveRuns();
    const get = async (run: string) =>
      fetch(`${server.address}/metrics?run=${encodeURIComponent(run)}`);
    expect(await (await get("study/first")).json()).toMatchObject([{ epoch: 0, trainLoss: 2 }]);
    for (const other of ["", "..", "../..", "study", "/etc", "study/first/../first"]) {
      expect((await get(other)).status).toBe(404);
    }
  });

  it("is for this machine alone", async () => {
    const { server } = await serveRuns();
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const { host } = new URL(server.address);
    expect(await statusFor(server.address, host)).toBe(200);
    expect(await statusFor(server.address, "example.org")).toBe(403);
    expect(await statusFor(server.address, `127.0.0.1.example.org:80`)).toBe(403);
  });

  it("says so where no run is finished, or the port is taken", async () => {
    const { server, folder } = await serveRuns();
    expect((await fetch(`${server.address}/report`)).status).toBe(404);
    const { port } = new URL(server.address);
    const { code, err } = await sd(["serve", folder, "--port", port]);
    expect([code, err]).toEqual([2, expect.stringContaining("another program listens there")]);
  });

  it("shows runs in a browser without error, and a label as the text that it is", async (ctx) => {
    const executablePath = findBrowser();
    if (!executablePath) return ctx.skip(`none of ${BROWSERS.join(", ")} is on the PATH`);
    const { run, server } = await serveRuns();
    const browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      const requests: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => problems.push(message.text()));
      page.on("request", (one) => requests.push(new URL(one.url()).origin));
      await page.goto(server.address);
      await page.getByRole("cell", { name: "study/first", exact: true }).waitFor();
      await page.getByRole("cell", { name: "<b>method</b>" }).waitFor();
      await page.locator("#charts canvas").first().waitFor();
      await run.appendMetrics({ epoch: 1, trainLoss: 1, validationAccuracy: 0.5 });
      await page.getByRole("cell", { name: "2/3" }).waitFor();
      await run.setStatus("done");
      await page.getByText("1 done").waitFor();
      expect(new Set(requests)).toEqual(new Set([server.address]));
      // The favicon that a browser asks for by itself is not there.
      expect(problems.filter((text) => !text.includes("404"))).toEqual([]);
    } finally {
      await browser.close();
    }
    return undefined;
  });
});
