// `sd complete bash|zsh|fish`, and the answers that the printed script asks for.
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** Adds the command `complete`, which knows all the others. */
export function addCompletion(program: Command): void {
  tab(program);
}
