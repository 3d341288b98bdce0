// The progress of a command: a live list on a terminal, plain lines elsewhere; always on standard error, results are for standard output.
import { Listr, ListrLogger, ProcessOutput } from "listr2";

/** How a step speaks while it runs. */
export interface Reporter {
  /** Replaces what a terminal shows below the step; plain output leaves it out. */
  live(text: string): void;
  /** Something that is worth a line of its own wherever the output goes. */
  line(text: string): void;
}

/** One step of a command; what it returns is its title when it is done. */
export interface Step {
  readonly title: string;
  readonly run: (reporter: Reporter) => Promise<string>;
}

const logger = (): ListrLogger => {
  const { stderr } = process;
  return new ListrLogger({ processOutput: new ProcessOutput(stderr, stderr) });
};

/** A terminal is redrawn at most so often. */
const REDRAW_MS = 100;

async function runLive(steps: readonly Step[]): Promise<void> {
  const list = new Listr(
    steps.map(({ title, run }) => ({
      title,
      task: async (_: unknown, task) => {
        let drawn = 0;
        task.title = await run({
          live(text) {
            const now = performance.now();
            if (now - drawn < REDRAW_MS) return;
            drawn = now;
            task.output = text;
          },
          line(text) {
            task.output = text;
          },
        });
      },
    })),
    {
      renderer: "default",
      rendererOptions: { logger: logger(), collapseSubtasks: false },
      // A Ctrl-C is the command's to handle: it ends with what is worth keeping.
      registerSignalListeners: false,
    },
  );
  await list.run();
}

async function runPlain(steps: readonly Step[]): Promise<void> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  for (const { title, run } of steps) {
    say(`${title} …`);
    say(await run({ live: () => {}, line: (text) => say(`  ${text}`) }));
  }
}

/** Runs steps one after the other and shows where they are. The first that fails ends it. */
export function runSteps(steps: readonly Step[]): Promise<void> {
  return process.stderr.isTTY ? runLive(steps) : runPlain(steps);
}
