// Compiles the SIMD kernels and writes them down as a module of TypeScript.
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const FLAGS = ["--runtime", "stub", "--noAssert", "-O3", "--enable", "simd"];

/** The WebAssembly module that the AssemblyScript beside this file compiles to. */
export async function compileKernels(): Promise<Uint8Array> {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["kernels.ts", "--baseDir", folder, "--outFile", "kernels.wasm", ...FLAGS],
    {
      writeFile: (_name: string, contents: Uint8Array | string) => {
        if (typeof contents !== "string") binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined) {
    throw new Error(`the SIMD kernels do not compile\n${stderr.toString()}`, { cause: error });
  }
  return binary;
}

const LINE = 76;

/** The text of src/simd/bytes.ts for a WebAssembly module. */
export function bytesModule(binary: Uint8Array): string {
  const base64 = Buffer.from(binary).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return `// Written by assembly/build.ts from assembly/*.ts: change those, not this.
export const KERNELS_BASE64: string = [
${lines.map((line) => `  "${line}",\n`).join("")}].join("");
`;
}
