// Sends what has changed to everyone who looks.
import type { Changes, RunWatcher } from "./run-watcher.ts";

/** What a visitor is sent: first everything, then changes. */
export interface Message {
  readonly kind: "all" | "changes";
  readonly data: Changes;
}

type Listener = (message: Message) => void;

/** Looks at the runs while somebody wants to know, and tells everyone. */
export class Hub {
  readonly #watcher: RunWatcher;
  readonly #interval: number;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(watcher: RunWatcher, interval: number) {
    this.#watcher = watcher;
    this.#interval = interval;
  }

  /** Sends a visitor everything there is, then what changes; returns what ends it. */
  subscribe(listener: Listener): () => void {
    listener({ kind: "all", data: { runs: this.#watcher.runs, gone: [] } });
    this.#listeners.add(listener);
    this.#schedule();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed || this.#listeners.size === 0) return;
    this.#timer = setTimeout(() => void this.#look(), this.#interval);
  }

  async #look(): Promise<void> {
    // A folder that is taken away meanwhile is seen at the next look.
    const changes = await this.#watcher.look().catch(() => ({ runs: [], gone: [] }));
    this.#timer = undefined;
    if (changes.runs.length > 0 || changes.gone.length > 0) {
      for (const listener of this.#listeners) listener({ kind: "changes", data: changes });
    }
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }
}
