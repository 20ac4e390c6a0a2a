// Tests run on the sources; `test/package.test.ts` looks at what is shipped.
import { defineConfig } from "vitest/config";

const source = (path: string) => new URL(`./src/${path}`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^anchorhold$/, replacement: source("index.ts") },
      { find: /^anchorhold\/ai$/, replacement: source("ai.ts") },
    ],
  },
  test: {
    globals: true, // The tests of seed 004 import neither `describe` nor `it`.
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/setup.ts"],
    // Patience for a machine that does other things too; no test asserts a time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
