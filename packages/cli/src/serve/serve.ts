import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createApp } from "./app.ts";
import { Hub } from "./hub.ts";
import { RunWatcher } from "./run-watcher.ts";

/** A server that runs. */
export interface Server {
  /** `http://127.0.0.1:…` */
  readonly address: string;
  close(): Promise<void>;
}

/** What {@link startServer} takes. */
export interface ServerOptions {
  /** Where the runs are. */
  readonly folder: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Milliseconds between looks at the runs. @defaultValue 1000 */
  readonly interval?: number;
}

/** Starts to serve the runs below a folder, to this machine alone. */
export async function startServer({
  folder,
  port,
  interval = 1000,
}: ServerOptions): Promise<Server> {
  const watcher = new RunWatcher(folder);
  await watcher.look();
  const hub = new Hub(watcher, interval);
  const app = createApp({ folder, watcher, hub });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${taken}`,
    close: () =>
      new Promise((resolve) => {
        hub.close();
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
