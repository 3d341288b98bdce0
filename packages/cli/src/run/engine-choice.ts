import { type Engine, openEngine } from "@sd/trainer-gpu";

/** What a person may say about the engine. */
export interface EngineChoice {
  readonly engine?: string | undefined;
  readonly requireGpu?: boolean | undefined;
  readonly threads?: number | undefined;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Opens the engine that was chosen, and says which it is. */
export async function openChosen(choice: EngineChoice): Promise<Engine> {
  const { engine: name, requireGpu, threads } = choice;
  const engine = await openEngine({ name, requireGpu, threads, log: say });
  say(`engine: ${engine.name} (${engine.device})`);
  return engine;
}
