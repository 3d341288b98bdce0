import { mkdir, mkdtemp, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeEngine } from "@sd/tfjs-native";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { diskUse, isOwnEntry } from "../src/own-entries.ts";

const HASH = "0123456789ab";
const OWN = [
  `tensorflow-2.21.0-cpu-${HASH}`,
  `tensorflow-2.21.0-cuda-${HASH}`,
  `tensorflow-2.21.0-cpu-${HASH}.4711`,
  `wheel-${HASH}.whl`,
  `wheel-${HASH}.whl.12`,
  `addon-${HASH}`,
  "tfjs-node-gpu-4.22.0",
];
const FOREIGN = [
  ...["tensorflow", "tensorflow-2.21.0", "tensorflow-models-master", "addon-for-blender"],
  ...[`my-addon-${HASH}`, `addon-${HASH}-backup`, "thesis", ".ssh", "wheel-of-time.whl"],
];

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sd-home-"));
  vi.stubEnv("SD_CACHE_DIR", home);
});
afterEach(() => vi.unstubAllEnvs());

test.each(OWN)("%s is this package's", (name) => expect(isOwnEntry(name)).toBe(true));
test.each(FOREIGN)("%s is not", (name) => expect(isOwnEntry(name)).toBe(false));

describe("removeEngine", () => {
  test("with the home folder for a cache removes nothing of it but its own", async () => {
    for (const name of [...OWN, ...FOREIGN]) {
      await mkdir(join(home, name));
      await writeFile(join(home, name, "file"), "12345");
    }
    const { root, bytes } = await removeEngine();
    expect(root).toBe(home);
    expect(bytes).toBe(5 * OWN.length);
    expect((await readdir(home)).sort()).toEqual([...FOREIGN].sort());
    expect(await diskUse(home)).toBe(5 * FOREIGN.length);
  });

  test("follows no link out of the cache", async () => {
    await mkdir(join(home, "thesis"));
    await writeFile(join(home, "thesis", "chapter"), "words");
    await symlink(join(home, "thesis"), join(home, `addon-${HASH}`));
    await mkdir(join(home, `tensorflow-2.21.0-cpu-${HASH}`));
    await symlink(join(home, "thesis"), join(home, `tensorflow-2.21.0-cpu-${HASH}`, "tensorflow"));
    await removeEngine();
    expect(await readdir(home)).toEqual(["thesis"]);
    expect(await readdir(join(home, "thesis"))).toEqual(["chapter"]);
  });

  test("where there is no cache frees nothing and makes nothing", async () => {
    vi.stubEnv("SD_CACHE_DIR", join(home, "absent"));
    expect(await removeEngine()).toEqual({ root: join(home, "absent"), bytes: 0 });
    expect(await readdir(home)).toEqual([]);
  });
});
