import { mkdir, mkdtemp, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheRoot } from "@sd/tfjs-native";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cacheError, onceInto, withLock } from "../src/cache.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sd-cache-"));
});
afterEach(() => vi.unstubAllEnvs());

describe("cacheRoot", () => {
  test("is $SD_CACHE_DIR where it is set", () => {
    vi.stubEnv("SD_CACHE_DIR", "/somewhere");
    expect(cacheRoot()).toBe("/somewhere");
  });

  test("is sd in $XDG_CACHE_HOME, then in ~/.cache", () => {
    vi.stubEnv("SD_CACHE_DIR", "");
    vi.stubEnv("XDG_CACHE_HOME", "/x");
    expect(cacheRoot()).toBe("/x/sd");
    vi.stubEnv("XDG_CACHE_HOME", "");
    vi.stubEnv("HOME", "/home/someone");
    expect(cacheRoot()).toBe("/home/someone/.cache/sd");
  });
});

describe("onceInto", () => {
  const fill = (text: string) => (target: string) => writeFile(join(target, "file"), text);

  test("fills a folder once", async () => {
    const path = join(folder, "a");
    await onceInto(path, fill("first"));
    await onceInto(path, fill("second"));
    expect(await readFile(join(path, "file"), "utf8")).toBe("first");
  });

  test("leaves nothing behind when filling fails", async () => {
    const failing = onceInto(join(folder, "a"), async (target) => {
      await writeFile(join(target, "half"), "");
      throw new Error("no space");
    });
    await expect(failing).rejects.toThrow("no space");
    expect(await readdir(folder)).toEqual([]);
  });

  test("takes a folder that another process completed meanwhile for its own", async () => {
    const path = join(folder, "a");
    await onceInto(path, async () => {
      await mkdir(path);
      await writeFile(join(path, "file"), "theirs");
    });
    expect(await readFile(join(path, "file"), "utf8")).toBe("theirs");
    expect(await readdir(folder)).toEqual(["a"]);
  });

  test("removes what killed processes left, and nothing else", async () => {
    const name = (hash: string): string => `addon-${hash.repeat(12)}`;
    const left = [`${name("a")}.999999999`, `${name("b")}.999999999`];
    const kept = [`${name("a")}.${process.ppid}`, name("c"), "thesis.999999999", "a.whl"];
    for (const entry of [...left, ...kept]) await mkdir(join(folder, entry));
    await onceInto(join(folder, name("a")), fill("x"));
    expect((await readdir(folder)).sort()).toEqual([name("a"), ...kept].sort());
  });
});

describe("withLock", () => {
  const lockIn = (name: string): string => join(folder, name);

  test("lets one in at a time", async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(30);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(lockIn("l"), work)));
    expect(most).toBe(1);
  });

  test("says once that it waits", async () => {
    const onWait = vi.fn();
    const first = withLock(lockIn("l"), () => sleep(500));
    await sleep(20);
    await Promise.all([first, withLock(lockIn("l"), async () => {}, onWait)]);
    expect(onWait).toHaveBeenCalledTimes(1);
  });

  test("is released when the work throws", async () => {
    const failing = withLock(lockIn("l"), async () => {
      throw new Error("boom");
    });
    await expect(failing).rejects.toThrow("boom");
    await expect(stat(lockIn("l"))).rejects.toThrow("ENOENT");
  });

  test("takes over from a process that is gone", async () => {
    await writeFile(lockIn("l"), `999999999 ${hostname()}`);
    expect(await withLock(lockIn("l"), async () => "mine")).toBe("mine");
  });

  test.each([
    ["an empty file", ""],
    ["a living process that does not touch it", `${process.pid} ${hostname()}`],
    ["a process on another machine", "1 elsewhere"],
  ])("takes over an old lock: %s", async (_, content) => {
    await writeFile(lockIn("l"), content);
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(lockIn("l"), longAgo, longAgo);
    expect(await withLock(lockIn("l"), async () => "mine")).toBe("mine");
  });
});

describe("cacheError", () => {
  const failure = (code: string): Error =>
    Object.assign(new Error(code), { code, syscall: "open" });

  test.each([
    ["ENOSPC", "Free some space"],
    ["EDQUOT", "Free some space"],
    ["EROFS", "Make it writable"],
    ["EACCES", "Make it writable"],
  ])("%s names the folder and a way out", (code, hint) => {
    expect(cacheError("/cache", failure(code))).toMatchObject({
      code: "CACHE_UNUSABLE",
      message: expect.stringMatching(`the cache folder /cache cannot be used: ${code}. ${hint}`),
    });
  });

  test("leaves other errors as they are", () => {
    const error = new TypeError("x");
    expect(cacheError("/cache", error)).toBe(error);
  });
});
