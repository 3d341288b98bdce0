/// <reference types="node" />
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesModule, compileKernels } from "../assembly/compile.ts";
import { decodeBase64 } from "../src/simd/base64.ts";
import { KERNELS_BASE64 } from "../src/simd/bytes.ts";

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** Every file that `entry` imports, itself included; dynamic imports too. */
function reached(entry: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const specifiers = readFileSync(entry, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  for (const [, path] of specifiers) reached(resolve(dirname(entry), path!), seen);
  return seen;
}

describe("the bytes of the SIMD kernels", () => {
  test("are what assembly/*.ts compiles to", async () => {
    const binary = await compileKernels();
    expect(decodeBase64(KERNELS_BASE64)).toEqual(new Uint8Array(binary));
    expect(readFileSync(source("simd/bytes.ts"), "utf8")).toBe(bytesModule(binary));
  });

  test("are reached from ./simd only", () => {
    const bytes = source("simd/bytes.ts");
    expect(reached(source("simd.ts")).has(bytes)).toBe(true);
    for (const entry of ["index.ts", "special.ts", "random.ts", "kernels.ts"]) {
      const files = [...reached(source(entry))];
      expect(files.length).toBeGreaterThan(2);
      expect(files.filter((file) => file.includes("/simd"))).toEqual([]);
    }
  });
});

describe("decodeBase64", () => {
  test("agrees with Buffer for every length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(decodeBase64(text)).toEqual(new Uint8Array(bytes));
      }),
    );
  });
});
