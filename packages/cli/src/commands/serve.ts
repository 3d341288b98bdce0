// `sd serve`: the runs below a folder, live, in a browser of this machine.
import { existsSync } from "node:fs";
import { UsageError } from "../errors.ts";
import { startServer } from "../serve/serve.ts";

/** Serves until it is interrupted. */
export async function serveCommand(
  folder: string,
  { port }: { readonly port: number },
): Promise<number> {
  if (!existsSync(folder)) throw new UsageError(`${folder}: there is no such folder`);
  const server = await startServer({ folder, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new UsageError(
      `--port ${port}: another program listens there; --port 0 takes a free one`,
    );
  });
  process.stdout.write(`${server.address}\n`);
  process.stderr.write("Ctrl-C ends it\n");
  await new Promise<void>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => resolve());
  });
  await server.close();
  return 0;
}
