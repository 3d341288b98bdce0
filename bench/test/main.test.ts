// The command line: what it says about its arguments. No suite is run.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

const bench = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const options = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];
    execFile(process.execPath, [...options, main, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

describe("npm run bench", () => {
  test.each([
    [[], "bench: expected the name of a suite, see --help\n"],
    [["mathematics"], "bench: unknown suite `mathematics`, there is "],
    [["toString"], "bench: unknown suite `toString`, there is "],
    [["math", "more"], "bench: expected one suite, got `math more`\n"],
    [["math", "--jsn", "x"], "bench: Unknown option '--jsn'"],
    [["step", "--only", "resnet"], "bench: no network `resnet` is measured, there is mlp, lenet, "],
    [["math", "--json"], "bench: Option '--json <value>' argument missing"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await bench(...args);
    expect(stderr.slice(0, message.length)).toBe(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("--help names the suites and the options", async () => {
    const { code, stdout, stderr } = await bench("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const word of ["math", "--json FILE", "--python PATH"]) expect(stdout).toContain(word);
  });

  test("an interpreter that is not there is an error, not a number", async () => {
    const { code, stdout, stderr } = await bench("math", "--python", "/nowhere/python");
    expect(stderr).toContain("bench: spawn /nowhere/python ENOENT");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  }, 60_000);
});
