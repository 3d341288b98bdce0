// The worker's protocol; a script that runs this Node stands in for the interpreter.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonWith, Worker } from "../python.ts";

// Answers a request by its count times two; ends at the count 13.
const PROGRAM = `
let text = "";
process.stdin.on("data", (chunk) => {
  text += chunk;
  const lines = text.split("\\n");
  text = lines.pop();
  for (const line of lines) {
    const { count } = JSON.parse(line);
    if (count === 13) process.exit(7);
    process.stdout.write(JSON.stringify({ milliseconds: 2 * count }) + "\\n");
  }
});
`;

let folder: string;
let interpreter: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sd-bench-"));
  interpreter = join(folder, "python");
  const program = join(folder, "program.cjs");
  await writeFile(program, PROGRAM);
  await writeFile(interpreter, `#!/bin/sh\nexec "${process.execPath}" "${program}"\n`);
  await chmod(interpreter, 0o755);
});

afterAll(() => rm(folder, { recursive: true }));

describe("Worker", () => {
  test("answers requests in their order, and is a candidate", async (context) => {
    if (process.platform === "win32") context.skip("the interpreter is a shell script");
    const worker = new Worker(interpreter, "total_loss.py");
    try {
      const answers = await Promise.all([1, 2, 3].map((count) => worker.ask({ count })));
      expect(answers.map(({ milliseconds }) => milliseconds)).toEqual([2, 4, 6]);
      const { name, run } = worker.candidate("rival", { task: "x" });
      expect([name, await run(5)]).toEqual(["rival", 10]);
    } finally {
      worker.close();
    }
  });

  test("a process that ends refuses what waits and what comes", async (context) => {
    if (process.platform === "win32") context.skip("the interpreter is a shell script");
    const worker = new Worker(interpreter, "total_loss.py");
    const asked = [1, 13, 2].map((count) => worker.ask({ count }));
    const [first, ...others] = await Promise.allSettled(asked);
    expect(first).toEqual({ status: "fulfilled", value: { milliseconds: 2 } });
    for (const result of others) {
      expect(result).toMatchObject({
        status: "rejected",
        reason: { message: "total_loss.py ended with code 7" },
      });
    }
    await expect(worker.ask({ count: 1 })).rejects.toThrow("ended with code 7");
  });
});

describe("pythonWith", () => {
  test("takes an interpreter as it is given and installs nothing", async () => {
    const lines: string[] = [];
    expect(await pythonWith("/some/python", (line) => lines.push(line))).toBe("/some/python");
    expect(lines).toEqual([]);
  });
});
