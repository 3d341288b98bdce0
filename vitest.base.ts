import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const testing = (file: string): string =>
  fileURLToPath(new URL(`./testing/${file}`, import.meta.url));

// A process per test file: TensorFlow reads the environment that a test sets only on a process's main thread.
const config: ViteUserConfig = defineConfig({
  resolve: { conditions: ["@sd/source"] },
  ssr: { resolve: { conditions: ["@sd/source"] } },
  test: {
    pool: "forks",
    include: ["test/**/*.test.ts"],
    setupFiles: [testing("setup.ts")],
    reporters: ["default", testing("reporter.ts")],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
export default config;
