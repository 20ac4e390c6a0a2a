// Every verb of both clients, against the real server.
import {
  Anchorhold,
  ConflictError,
  ConfigurationError,
  MemoryClient,
  NotFoundError,
} from "anchorhold";

import { baseUrl, tenant, thrown } from "./support/server.js";

const acme = await tenant();

it("keeps what it is told, and finds it with its likeness", async () => {
  const alice = acme.user("alice");
  const told = {
    type: "episodic",
    importance: 0.75,
    tags: ["travel"],
    speaker: "Alice",
    conversation: "c-1",
    metadata: { inner_name: { camel_case: [1] } },
  } as const;
  const eventTime = new Date("2026-03-01T12:00:00Z");
  const kept = await alice.addMemory("My sister Mia lives in Porto.", {
    ...told,
    tags: ["travel"],
    eventTime,
    ttlSeconds: 3600,
  });
  expect(kept).toMatchObject({
    ...told,
    content: "My sister Mia lives in Porto.",
    version: 1,
    eventTime: eventTime.toISOString(),
  });
  expect(Date.parse(kept.expiresAt!) - Date.parse(kept.createdAt)).toBe(3_600_000);
  const [found, ...others] = await alice.searchMemories("Where does Mia live?", {
    limit: 3,
    explain: true,
  });
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    id: kept.id,
    rank: 1,
    why: expect.any(Object),
    metadata: told.metadata,
  });
  expect(found!.similarity).toBeGreaterThan(0.3);
  const elsewhere = { filter: { tags: { any: ["food"] } } };
  expect(await alice.searchMemories("Where does Mia live?", elsewhere)).toEqual([]);
  expect(await alice.searchMemories("zebra?", { threshold: 0.99 })).toEqual([]);
});

it("reads, changes, deletes and forgets", async () => {
  const bob = acme.user("bob");
  const { id } = await bob.addMemory("Tea with milk.");
  expect((await bob.getMemory(id)).content).toBe("Tea with milk.");
  const changed = await bob.updateMemory(
    id,
    { content: "Tea without milk.", tags: ["tea"] },
    { version: 1 },
  );
  expect(changed).toMatchObject({ id, content: "Tea without milk.", tags: ["tea"], version: 2 });
  const late = await thrown(bob.updateMemory(id, { importance: 1 }, { version: 1 }));
  expect(late).toBeInstanceOf(ConflictError);
  expect(late.code).toBe("version_conflict");
  expect(await bob.deleteMemory(id)).toEqual({ id, deleted: true });
  expect(await thrown(bob.getMemory(id))).toBeInstanceOf(NotFoundError);
  const two = [await bob.addMemory("One.", { tags: ["x"] }), await bob.addMemory("Two.")];
  expect(await bob.forget({ filter: { tags: { any: ["x"] } } }, { dryRun: true })).toMatchObject({
    deleted: 1,
    dryRun: true,
  });
  expect((await bob.forget({ ids: two.map(({ id }) => id) })).deleted).toBe(2);
  expect(await bob.getAllMemories()).toEqual([]);
});

it("lists more than a page holds, all or as many as asked for, newest first", async () => {
  const carol = acme.user("carol");
  const lines = Array.from({ length: 450 }, (_, number) =>
    JSON.stringify({ content: `Fact ${number}.` }),
  );
  expect(await carol.import(lines.join("\n"))).toMatchObject({
    imported: 450,
    refused: 0,
    complete: true,
  });
  const all = await carol.getAllMemories();
  expect(new Set(all.map(({ id }) => id)).size).toBe(450);
  expect(all.map(({ content }) => content)).toEqual(
    Array.from({ length: 450 }, (_, number) => `Fact ${449 - number}.`),
  );
  expect((await carol.getAllMemories({ limit: 250 })).map(({ id }) => id)).toEqual(
    all.slice(0, 250).map(({ id }) => id),
  );
  expect(await carol.getAllMemories({ limit: 0 })).toEqual([]);
  expect(await thrown(carol.getAllMemories({ limit: NaN }))).toBeInstanceOf(ConfigurationError);
  const first: string[] = [];
  for await (const { id } of carol.listMemories()) if (first.push(id) === 3) break;
  expect(first).toEqual(all.slice(0, 3).map(({ id }) => id));
});

it("keeps workspaces, agents and threads of a user apart", async () => {
  const parts = [
    {},
    { workspace: "work" },
    { agent: "coder" },
    { thread: "t1" },
    { workspace: "work", thread: "t1" },
  ];
  for (const part of parts)
    await acme.user("dora", part).addMemory(`Kept in ${JSON.stringify(part)}.`);
  for (const part of parts) {
    const found = await acme.user("dora", part).getAllMemories();
    expect(found.map(({ content }) => content)).toEqual([`Kept in ${JSON.stringify(part)}.`]);
    expect(found[0]!.namespace).toMatchObject({ kind: "user", name: "dora", ...part });
  }
});

it("takes the ids of users byte for byte, or not at all", async () => {
  const names = ["zoë", "Zoë", "北京", "a:b", "a b", "x/../y", "🦊", "user_123:workspace:acme"];
  for (const name of names) await acme.user(name).addMemory(`I am ${name}.`);
  for (const name of names) {
    const [only, ...others] = await acme.user(name).getAllMemories();
    expect([only!.content, only!.namespace.name, others]).toEqual([`I am ${name}.`, name, []]);
  }
  for (const name of ["", " alice", "alice ", "alice\n", "\talice", "ali\0ce"]) {
    expect(() => acme.user(name)).toThrow(ConfigurationError);
  }
  for (const nobody of [undefined, null]) {
    expect(() => acme.user(nobody as unknown as string)).toThrow(ConfigurationError);
  }
});

it("draws an id for a memory, so that the same call again keeps it once", async () => {
  const erik = acme.user("erik");
  const id = crypto.randomUUID();
  expect((await erik.addMemory("Once.", { id })).replayed).toBeUndefined();
  expect((await erik.addMemory("Once.", { id })).replayed).toBe(true);
  expect(await thrown(erik.addMemory("Another.", { id }))).toMatchObject({
    name: "ConflictError",
    code: "id_conflict",
  });
  expect(await erik.getAllMemories()).toHaveLength(1);
});

it("erases a user with all parts, and says so", async () => {
  const [frida, work] = [acme.user("frida"), acme.user("frida", { workspace: "work" })];
  await frida.addMemory("At home.");
  await work.addMemory("At work.");
  const receipt = await frida.eraseUser();
  expect(receipt).toMatchObject({
    namespaces: 2,
    records: 2,
    receiptId: expect.stringMatching(/^rcp_/),
  });
  expect(Date.parse(receipt.erasedAt)).not.toBeNaN();
  expect([await frida.getAllMemories(), await work.getAllMemories()]).toEqual([[], []]);
  expect(await thrown(frida.eraseUser())).toMatchObject({
    name: "NotFoundError",
    code: "user_not_found",
  });
  await frida.addMemory("Back again.");
  const admin = new MemoryClient({ baseUrl, apiKey: acme.adminKey });
  expect((await admin.eraseUser({ user: "frida" })).records).toBe(1);
});

it("exports everything, and an import of it answers the same", async () => {
  const [from, to] = [acme.user("gina"), acme.user("hugo")];
  for (const text of ["Tea.", "Line\nbreak.", "北京 🦊"])
    await from.addMemory(text, { metadata: { a_b: 1 } });
  await acme.user("gina", { thread: "t" }).addMemory("Below.");
  const text = await from.export().text();
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(6);
  expect([lines[0].anchorhold_export, lines[5].anchorhold_export_end, lines[5].memories]).toEqual([
    1, 1, 4,
  ]);
  expect(await to.import(text)).toMatchObject({
    imported: 4,
    skipped: 0,
    errors: [],
    complete: true,
  });
  expect(await to.import(from.export())).toMatchObject({ imported: 0, skipped: 4, complete: true });
  expect(await to.import(new Blob([text]))).toMatchObject({
    imported: 0,
    skipped: 4,
    complete: true,
  });
  const contents = async (client: MemoryClient) =>
    (await client.getAllMemories()).map(({ content }) => content);
  expect(await contents(to)).toEqual(await contents(from));
  expect(await contents(acme.user("hugo", { thread: "t" }))).toEqual(["Below."]);
  expect((await from.export({ vectors: false }).text()).length).toBeLessThan(text.length);
  const refused = await to.import('{"content": ""}\n{"content": "Good."}');
  expect(refused).toMatchObject({
    imported: 1,
    refused: 1,
    errors: [{ line: 1, code: "request_invalid" }],
  });
});

it("speaks in nouns of named namespaces, their keys and their grants", async () => {
  const { admin } = acme;
  const made = await admin.namespaces.create({ name: "org/acme", description: "The handbook." });
  expect(await admin.namespaces.get(made.id)).toEqual(made);
  expect(
    (await admin.namespaces.update(made.id, { description: null })).description ?? null,
  ).toBeNull();
  const secret = await admin.keys.create({
    name: "reader",
    user: "ines",
    grants: [{ namespace: "org/acme", access: "read" }],
  });
  const reader = new Anchorhold({ baseUrl, apiKey: secret.key! });
  const kept = await admin.memory.store({
    content: "Expenses are due on the fifth.",
    namespace: "org/acme",
  });
  expect((await reader.memory.get(kept.id, { namespace: "org/acme" })).content).toBe(kept.content);
  expect(
    await reader.memory.recall({ query: "When are expenses due?", namespace: "org/acme" }),
  ).toHaveLength(1);
  expect((await reader.whoami()).subject).toEqual({ issuer: "local", id: "ines" });
  const write = reader.memory.store({ content: "No.", namespace: "org/acme" });
  expect(await thrown(write)).toMatchObject({ name: "PermissionError", status: 403 });
  await reader.memory.store({ content: "My own." });
  const own: string[] = [];
  for await (const { content } of reader.memory.list()) own.push(content);
  expect(own).toEqual(["My own."]);
  await admin.memory.update(
    kept.id,
    { content: "Expenses are due on the sixth." },
    { namespace: "org/acme" },
  );
  expect(await reader.memory.export({ namespace: "org/acme" }).text()).toContain("on the sixth");
  expect((await admin.memory.forget({ ids: [kept.id], namespace: "org/acme" })).deleted).toBe(1);
  expect((await admin.keys.list()).map(({ keyId }) => keyId)).toContain(secret.keyId);
  expect(await admin.keys.revoke(secret.keyId)).toEqual({ keyId: secret.keyId, revoked: true });
  expect(await thrown(reader.whoami())).toMatchObject({
    name: "AuthenticationError",
    code: "credential_invalid",
  });
  expect((await admin.namespaces.delete(made.id)).deleted).toBe(true);
  expect(await admin.namespaces.list()).toEqual([]);
});

it("carries the session of a visitor from reply to request", async () => {
  const visitors = await tenant({ isolation: "session" });
  const apiKey = await visitors.key({});
  const first = new MemoryClient({ baseUrl, apiKey });
  await first.addMemory("Likes tea.");
  expect(first.sessionId).toMatch(/^[0-9a-f]{32}$/);
  expect(await first.getAllMemories()).toHaveLength(1);
  const again = new MemoryClient({ baseUrl, apiKey, sessionId: first.sessionId! });
  expect(await again.getAllMemories()).toHaveLength(1);
  expect(await new MemoryClient({ baseUrl, apiKey }).getAllMemories()).toEqual([]);
});
