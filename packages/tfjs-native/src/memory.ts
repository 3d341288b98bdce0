import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** native/memory.cc. */
interface MemoryAddon {
  startDropping(): void;
  stopDropping(): void;
  release(): number;
}

let memory: MemoryAddon | undefined;

/** Where memory cannot be given back, everything else works. */
function open(addon: string): MemoryAddon | undefined {
  try {
    return require(addon) as MemoryAddon;
  } catch {
    return undefined;
  }
}

/**
 * Calls `load`, which loads TensorFlow, while what loading alone touches of its libraries (a quarter of a gigabyte) is dropped
 * again: it would be the process's peak.
 */
export function loadLean<T>(addon: string, load: () => T): T {
  memory ??= open(addon);
  memory?.startDropping();
  try {
    return load();
  } finally {
    memory?.stopDropping();
    memory?.release();
  }
}

/**
 * Gives memory that nobody uses back to the system: what the allocator keeps of freed memory, and pages of TensorFlow's
 * libraries, of which those that are still used come back from the file. Worth a few milliseconds after a program was compiled.
 *
 * @returns How many bytes of the libraries were dropped; 0 where the engine is not loaded.
 */
export function releaseMemory(): number {
  return memory?.release() ?? 0;
}
