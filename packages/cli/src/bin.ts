// The command `sd`. Exit codes: 0 done, or stopped by SIGTERM; 1 failed; 2 called wrongly; 130 stopped by Ctrl-C.
import { CommanderError } from "commander";
import { describeError, UsageError } from "./errors.ts";
import { Interrupted } from "./interrupt.ts";
import { createProgram } from "./program.ts";

// A reader that has seen enough, such as head, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const program = createProgram((code) => {
  process.exitCode = code;
});
for (const command of [program, ...program.commands.flatMap((c) => [c, ...c.commands])]) {
  command.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Its message is printed already; asking for help or the version is no mistake.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof Interrupted) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
