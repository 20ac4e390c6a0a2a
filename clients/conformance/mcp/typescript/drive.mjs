// Drives a server with the official TypeScript client of the Model Context Protocol: over HTTP, and over
// standard input and output through `anchorhold mcp`.

import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const { ANCHORHOLD_URL, ANCHORHOLD_PROGRAM, ALICE_KEY, BOB_KEY } = process.env;
const KEYS = { alice: ALICE_KEY, bob: BOB_KEY };
const TOOLS = [
  "memory_store",
  "memory_recall",
  "memory_context",
  "memory_list",
  "memory_forget",
  "conversation_append",
];

const overHttp = (who) =>
  new StreamableHTTPClientTransport(new URL(`${ANCHORHOLD_URL}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${KEYS[who]}` } },
  });

const overStdio = (who) =>
  new StdioClientTransport({
    command: ANCHORHOLD_PROGRAM,
    args: ["mcp"],
    env: { ANCHORHOLD_URL, ANCHORHOLD_KEY: KEYS[who] },
  });

async function connected(transport, use) {
  const client = new Client({ name: "conformance", version: "1" });
  await client.connect(transport);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

// The client checks what is structured against the schema of the tool.
async function given(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, JSON.stringify(result));
  return result.structuredContent;
}

async function refused(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.isError, true);
  return JSON.parse(result.content[0].text).error;
}

async function asAlice(client) {
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map((tool) => tool.name),
    TOOLS,
  );
  const kept = await given(client, "memory_store", {
    content: "Alice takes her tea without sugar.",
    tags: ["tea"],
  });
  const found = await given(client, "memory_recall", { query: "How does she take her tea?" });
  assert.equal(found.results[0].memory.id, kept.id);
  const block = await given(client, "memory_context", { query: "tea?", max_tokens: 500 });
  assert.ok(block.context.startsWith("<memory>"));
  const messages = [
    { speaker: "user", content: "Good morning." },
    { speaker: "assistant", content: "Hello." },
  ];
  const appended = await given(client, "conversation_append", { conversation: "monday", messages });
  assert.equal(appended.kept, 2);
  const page = await given(client, "memory_list", { limit: 2 });
  const rest = await given(client, "memory_list", { limit: 2, cursor: page.next_cursor });
  assert.deepEqual([page.memories.length, rest.memories.length], [2, 1]);
  const error = await refused(client, "memory_recall", { query: "tea", namespace: "bob" });
  assert.deepEqual([error.code, error.field], ["request_invalid", "namespace"]);
  return kept.id;
}

async function asBob(client, memory) {
  const found = await given(client, "memory_recall", { query: "How does she take her tea?" });
  assert.deepEqual(found.results, []);
  assert.deepEqual((await given(client, "memory_list")).memories, []);
  assert.equal((await given(client, "memory_context", { query: "tea" })).memories, 0);
  assert.equal((await given(client, "memory_forget", { ids: [memory] })).deleted, 0);
}

async function clear(client) {
  const every = { importance: { gte: 0 } };
  assert.equal((await given(client, "memory_forget", { filter: every })).deleted, 3);
}

for (const [name, over] of [
  ["http", overHttp],
  ["stdio", overStdio],
]) {
  const memory = await connected(over("alice"), asAlice);
  await connected(over("bob"), (client) => asBob(client, memory));
  await connected(over("alice"), clear);
  console.log(name);
}
const stranger = new StreamableHTTPClientTransport(new URL(`${ANCHORHOLD_URL}/mcp`));
await assert.rejects(connected(stranger, () => undefined), /credential_missing/);
