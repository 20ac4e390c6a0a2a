// The block for the system prompt: what is in it, and that no memory gets out of it.
import { getMemoryContext } from "anchorhold";

import { quoted } from "../src/context.js";
import { hostile } from "./support/hostile.js";
import { baseUrl, tenant } from "./support/server.js";

const acme = await tenant();

it("gives dated quotes of what goes with a message, and nothing where nothing is known", async () => {
  const alice = acme.user("alice");
  await alice.addMemory('Mia said "hello" in\nPorto.', { eventTime: "2026-03-01T12:00:00Z" });
  await alice.addMemory("The harbour review is on Thursday.");
  const block = await getMemoryContext(alice, "Who is in Porto?", { limit: 1 });
  expect(block.split("\n").slice(-2)).toEqual([
    '- 2026-03-01 "Mia said \\"hello\\" in\\nPorto."',
    "</memories>",
  ]);
  expect(block).toMatch(/^<memories>\n/);
  const config = { baseUrl, apiKey: acme.apiKey, userId: "alice" };
  expect((await getMemoryContext(config, "Porto harbour")).split("\n- ")).toHaveLength(3);
  expect(await getMemoryContext(config, "Porto", { threshold: 1 })).not.toContain("harbour");
  expect(await getMemoryContext({ ...config, userId: "bob" }, "Who is in Porto?")).toBe("");
});

it("leaves out whole what does not fit", async () => {
  const carol = acme.user("carol");
  await carol.addMemory(`Long tea: ${"tea ".repeat(500)}`);
  await carol.addMemory("Short tea.");
  const block = await getMemoryContext(carol, "tea", { charactersMax: 400 });
  expect(block.length).toBeLessThanOrEqual(400);
  expect(block).toContain('"Short tea."\n</memories>');
  expect(block).not.toContain("Long tea");
  expect(await getMemoryContext(carol, "tea", { charactersMax: 10 })).toBe("");
});

it("cannot be ended or bent by any of fifty hostile texts", async () => {
  expect(hostile.length).toBeGreaterThanOrEqual(50);
  const mallory = acme.user("mallory");
  const shape = /^<memories>\n[^<>&`]+\n<\/memories>$/;
  const line =
    /^- \d{4}-\d\d-\d\d "(?:[^"\\\p{C}<>&`]|[\u200C\u200D]|\\["\\bfnrt]|\\u[0-9a-f]{4})*"$/u;
  await mallory.import(hostile.map((content) => JSON.stringify({ content })).join("\n"));
  expect(await mallory.getAllMemories()).toHaveLength(hostile.length);
  const block = await getMemoryContext(mallory, "memories", {
    limit: 200,
    threshold: 0,
    charactersMax: 1_000_000,
  });
  expect(block).toMatch(shape);
  const lines = block.split("\n").filter((text) => text.startsWith("- "));
  expect(lines).toHaveLength(hostile.length);
  expect(block.split("\n")).toHaveLength(lines.length + 4);
  for (const text of lines) expect(text).toMatch(line);
  // Nothing is lost: each quote still says what was kept.
  const said = lines.map((text) => JSON.parse(text.slice("- 2026-01-01 ".length)));
  expect(said.sort()).toEqual([...hostile].sort());
});

it("quotes any text in one line, from which it can be read again", () => {
  for (let code = 0; code < 0x30000; code++) {
    const text = `a${String.fromCodePoint(code)}b`;
    const quote = quoted(text);
    if (JSON.parse(quote) !== text || /[<>&`\n\r\u2028\u2029]/.test(quote))
      throw new Error(`U+${code.toString(16)}: ${quote}`);
  }
});
