// The pages of `sd serve`: a list of runs that lives, the numbers of a run, the report of what is finished.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReportError, renderReport } from "@sd/report";
import { readRun } from "@sd/runs";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { packageFolder, resolveFrom } from "../package-folder.ts";
import { imagesOfRuns } from "../run/image-source.ts";
import type { Hub } from "./hub.ts";
import type { RunWatcher } from "./run-watcher.ts";

/** What the pages are made from. */
export interface Served {
  readonly folder: string;
  readonly watcher: RunWatcher;
  readonly hub: Hub;
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:";

const asset = (name: string): string => join(packageFolder, "assets", name);

/** The files that the page asks for. */
const FILES: Readonly<Record<string, { readonly path: () => string; readonly type: string }>> = {
  "/": { path: () => asset("serve.html"), type: "text/html" },
  "/serve.js": { path: () => asset("serve.js"), type: "text/javascript" },
  "/serve.css": { path: () => asset("serve.css"), type: "text/css" },
  "/uplot.js": {
    path: () => join(resolveFrom("uplot/package.json"), "..", "dist", "uPlot.iife.min.js"),
    type: "text/javascript",
  },
  "/uplot.css": {
    path: () => join(resolveFrom("uplot/package.json"), "..", "dist", "uPlot.min.css"),
    type: "text/css",
  },
};

/** So often a silent connection is kept open. */
const KEEP_ALIVE_MS = 15_000;

/** Sends messages until the visitor goes. */
const events = (context: Context, hub: Hub): Response | Promise<Response> =>
  streamSSE(context, async (stream) => {
    let id = 0;
    const unsubscribe = hub.subscribe(({ kind, data }) => {
      void stream.writeSSE({ event: kind, data: JSON.stringify(data), id: String(id++) });
    });
    stream.onAbort(unsubscribe);
    try {
      while (!stream.aborted && !stream.closed) {
        await stream.sleep(KEEP_ALIVE_MS);
        await stream.writeln(": still here");
      }
    } finally {
      unsubscribe();
    }
  });

/** The report of the finished runs, made for this visit. */
async function reportPage(folder: string): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), "sd-serve-"));
  try {
    const out = join(temporary, "report.html");
    return await readFile(
      await renderReport(folder, { out, title: "Finished runs", images: imagesOfRuns() }),
      "utf8",
    );
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/** Whether a request names this machine itself: another name in its place is a page elsewhere that reaches in by DNS. */
const isLocal = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? "");

/** The application; it serves nothing but what is below its folder, and changes nothing. */
export function createApp({ folder, watcher, hub }: Served): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (!isLocal(context.req.header("host"))) return context.text("not this host", 403);
    await next();
    context.res.headers.set("content-security-policy", POLICY);
    context.res.headers.set("x-content-type-options", "nosniff");
    return undefined;
  });
  for (const [route, { path, type }] of Object.entries(FILES)) {
    app.get(route, async (context) =>
      context.body(await readFile(path()), 200, { "content-type": `${type}; charset=utf-8` }),
    );
  }
  app.get("/events", (context) => events(context, hub));
  app.get("/metrics", async (context) => {
    const id = context.req.query("run") ?? "";
    if (!watcher.has(id)) return context.json({ error: "there is no such run" }, 404);
    const { metrics } = await readRun(join(folder, id));
    return context.json(metrics);
  });
  app.get("/report", async (context) => {
    try {
      return context.html(await reportPage(folder));
    } catch (error) {
      if (error instanceof ReportError) return context.text("No run is finished yet.", 404);
      throw error;
    }
  });
  return app;
}
