import { mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.base.ts";

const config: ViteUserConfig = mergeConfig(base, {
  test: { globalSetup: "test/consumer/install.ts" },
});
export default config;
