import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRun, openRun, readRun } from "../src/index.ts";
import { acquireLock } from "../src/lock.ts";
import { ownIdentity, type ProcessIdentity } from "../src/process-identity.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const CONTENDER = fileURLToPath(new URL("contender.ts", import.meta.url));
const FLAGS = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });

/** Writes a lock as another process would have left it. */
async function leaveLock(path: string, changes: Partial<ProcessIdentity>): Promise<void> {
  const holder = { ...(await ownIdentity()), ...changes, since: "2026-01-01T00:00:00.000Z" };
  await writeFile(path, JSON.stringify(holder));
}

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = start("-e", "");
  await once(child, "exit");
  return child.pid!;
}

const linux = process.platform === "linux" ? undefined : "/proc is Linux's";

describe("a run folder", () => {
  test("is open for writing once, and free again once it is closed", async () => {
    const folder = join(await temporaryFolder(), "run");
    const run = await createRun(folder, { config: {}, manifest: {} });
    const refused = await openRun(folder).catch((e: unknown) => e);
    expect(refused).toMatchObject({
      name: "RunError",
      code: "ERR_LOCKED",
      file: join(folder, "lock.json"),
      holder: { pid: process.pid, host: hostname() },
    });
    expect((refused as Error).message).toContain(`process ${process.pid} on ${hostname()} has`);
    expect((await readRun(folder)).status.state).toBe("queued");
    await run.close();
    await (await openRun(folder)).close();
    expect(await readdir(folder)).not.toContain("lock.json");
  });

  test("that another process holds is refused by its number", async () => {
    const folder = join(await temporaryFolder(), "run");
    await (await createRun(folder, { config: {}, manifest: {} })).close();
    const child = start("-e", "process.stdout.write('.'); setTimeout(() => {}, 60_000)");
    const pid = child.pid!;
    await once(child.stdout!, "data");
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const started = stat === "" ? undefined : stat.split(" ")[21]!;
    await leaveLock(join(folder, "lock.json"), { pid, started });
    await expect(openRun(folder)).rejects.toMatchObject({ code: "ERR_LOCKED", holder: { pid } });
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await openRun(folder)).close();
  });

  test("is given back where opening it fails", async () => {
    const folder = join(await temporaryFolder(), "run");
    await (await createRun(folder, { config: {}, manifest: {} })).close();
    await writeFile(join(folder, "config.json"), "{");
    await expect(openRun(folder)).rejects.toMatchObject({ code: "ERR_BAD_FILE" });
    expect(await readdir(folder)).not.toContain("lock.json");
  });
});

describe("a lock that was left behind", () => {
  test("by a process that has ended is taken over", async () => {
    const path = join(await temporaryFolder(), "lock");
    await leaveLock(path, { pid: await deadPid() });
    const lock = await acquireLock(path);
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(join(path, ".."))).toEqual([]);
  });

  test("by a process whose number another one has now is taken over", async (ctx) => {
    if (linux) return ctx.skip(linux);
    const path = join(await temporaryFolder(), "lock");
    await leaveLock(path, { started: "1" });
    await (await acquireLock(path)).release();
  });

  test("by a process that has ended, but was not waited for, is taken over", async (ctx) => {
    if (linux) return ctx.skip(linux);
    const path = join(await temporaryFolder(), "lock");
    // The shell becomes a program that never asks how its child has ended.
    const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"]);
    onTestFinished(() => void parent.kill());
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    const stat = (): Promise<string[]> =>
      readFile(`/proc/${pid}/stat`, "utf8").then((s) => s.split(" "));
    await expect.poll(async () => (await stat())[2]).toBe("Z");
    await leaveLock(path, { pid, started: (await stat())[21] });
    await (await acquireLock(path)).release();
  });

  test("before the machine was started again is taken over", async (ctx) => {
    if (linux) return ctx.skip(linux);
    const path = join(await temporaryFolder(), "lock");
    await leaveLock(path, { boot: "another" });
    await (await acquireLock(path)).release();
  });

  test("together with a lock on taking it over is taken over", async () => {
    const path = join(await temporaryFolder(), "lock");
    const pid = await deadPid();
    for (const file of [path, `${path}.takeover`]) await leaveLock(file, { pid });
    await (await acquireLock(path)).release();
    expect(await readdir(join(path, ".."))).toEqual([]);
  });

  test.each<[string, Partial<ProcessIdentity>]>([
    ["on another machine", { host: "elsewhere" }],
    ["in another container", { namespace: "pid:[1]" }],
  ])("%s is refused, with what to do", async (_, changes) => {
    const path = join(await temporaryFolder(), "lock");
    await leaveLock(path, { pid: 1, ...changes });
    const refused = await acquireLock(path).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: "ERR_LOCKED", holder: { pid: 1, ...changes } });
    expect((refused as Error).message).toContain("delete this file once it does not");
  });

  test("in a form that cannot be read is refused, with what to do", async () => {
    const path = join(await temporaryFolder(), "lock");
    for (const content of ["", "{", "null", '{"pid":"7","host":"x"}']) {
      await writeFile(path, content);
      await expect(acquireLock(path)).rejects.toThrow("delete this file where no process trains");
    }
  });

  test("and deleted by a person is not taken from the next holder", async () => {
    const path = join(await temporaryFolder(), "lock");
    const lock = await acquireLock(path);
    await leaveLock(path, { host: "elsewhere" });
    await lock.release();
    expect(await readdir(join(path, ".."))).toEqual(["lock"]);
  });
});

test("of many processes that are killed while they hold it, one holds it at a time", async () => {
  const path = join(await temporaryFolder(), "lock");
  const children = Array.from({ length: 6 }, () => start(...FLAGS, CONTENDER, path, "10"));
  const ends = children.map(async (child) => {
    const [said] = await Promise.all([text(child.stdout!), once(child, "exit")]);
    return said;
  });
  expect(await Promise.all(ends)).toEqual(children.map(() => "held to the end\n"));
});
