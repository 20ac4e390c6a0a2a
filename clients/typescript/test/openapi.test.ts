// The committed types are those of the server's document.
import { readFile } from "node:fs/promises";

import { generated, TARGET } from "../scripts/generate.mjs";

it("src/openapi.ts is what `npm run generate` writes", async () => {
  expect(await readFile(TARGET, "utf8")).toBe(await generated());
});
