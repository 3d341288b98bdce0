// What is given back to the system, and what must not be: pages that are the process's own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine, loadNativeBackend, releaseMemory } from "@sd/tfjs-native";
import * as tf from "@tensorflow/tfjs";
import { afterAll, describe, expect, test } from "vitest";

const require = createRequire(import.meta.url);
const missing =
  (await findEngine()) === undefined ? "the native engine is not installed" : undefined;

const folder = mkdtempSync(join(tmpdir(), "sd-memory-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The resident megabytes of the mappings of a file that nobody may write to. */
function resident(file: string): number {
  let kilobytes = 0;
  let counts = false;
  for (const line of readFileSync("/proc/self/smaps", "utf8").split("\n")) {
    const mapping = /^[0-9a-f]+-[0-9a-f]+ (\S+) /.exec(line);
    if (mapping !== null) counts = !mapping[1]!.includes("w") && line.includes(file);
    const size = /^Rss: +(\d+) kB/.exec(line);
    if (size !== null && counts) kilobytes += Number(size[1]);
  }
  return kilobytes / 1024;
}

// 64 MB of constants, of which one can be changed as a debugger changes code.
const LIBRARY = `
#include <node_api.h>
#include <stdint.h>
#include <sys/mman.h>
enum { SIZE = 64 << 20, CHANGED = 32 << 20 };
__attribute__((aligned(4096))) static const char constants[SIZE] = {1};
static napi_value touch(napi_env env, napi_callback_info info) {
  int sum = 0;
  for (int i = 0; i < SIZE; i += 4096) sum += ((const volatile char *)constants)[i];
  napi_value result;
  napi_create_int32(env, sum, &result);
  return result;
}
static napi_value change(napi_env env, napi_callback_info info) {
  char *page = (char *)constants + CHANGED;
  napi_value result;
  int failed = mprotect(page, 4096, PROT_READ | PROT_WRITE);
  if (!failed) *page = 5;
  failed |= mprotect(page, 4096, PROT_READ);
  napi_create_int32(env, failed, &result);
  return result;
}
NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "touch", NAPI_AUTO_LENGTH, touch, 0, &function);
  napi_set_named_property(env, exports, "touch", function);
  napi_create_function(env, "change", NAPI_AUTO_LENGTH, change, 0, &function);
  napi_set_named_property(env, exports, "change", function);
  return exports;
}`;

function compiled(name: string): { touch(): number; change(): number } {
  const headers = (require("node-api-headers") as { include_dir: string }).include_dir;
  const source = join(folder, `${name}.c`);
  writeFileSync(source, LIBRARY);
  const output = join(folder, `${name}.node`);
  execFileSync("gcc", ["-O1", "-fPIC", "-shared", "-I", headers, source, "-o", output]);
  return require(output);
}

describe("releaseMemory", () => {
  test("leaves little of TensorFlow's libraries, which goes on computing", async (ctx) => {
    if (missing) ctx.skip(missing);
    await loadNativeBackend();
    expect(resident("libtensorflow")).toBeLessThan(100);
    const square = (): number => tf.square(tf.scalar(3)).dataSync()[0]!;
    expect(square()).toBe(9);
    expect(releaseMemory()).toBeGreaterThan(0);
    expect(resident("libtensorflow")).toBeLessThan(10);
    expect(square()).toBe(9);
  });

  test("drops clean pages and keeps changed ones", async (ctx) => {
    if (missing) ctx.skip(missing);
    await loadNativeBackend();
    const library = compiled("libtensorflow_sham");
    expect(library.touch()).toBe(1);
    expect(library.change()).toBe(0);
    expect(library.touch()).toBe(6);
    expect(resident("libtensorflow_sham")).toBeGreaterThan(60);
    expect(releaseMemory()).toBeGreaterThan(60e6);
    expect(resident("libtensorflow_sham")).toBeLessThan(4);
    expect(library.touch()).toBe(6);
  });

  test("leaves other libraries alone", async (ctx) => {
    if (missing) ctx.skip(missing);
    await loadNativeBackend();
    const library = compiled("libother");
    library.touch();
    releaseMemory();
    expect(resident("libother")).toBeGreaterThan(60);
  });
});
