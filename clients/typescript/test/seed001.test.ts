// The isolation example of seed 001, verbatim apart from its import line and the values of its keys.
import { Anchorhold as Dakera } from "anchorhold";

import { baseUrl, tenant, thrown } from "./support/server.js";

const { admin: owner, adminKey, key } = await tenant();
await owner.namespaces.create({ name: "tenant-a" });
await owner.namespaces.create({ name: "tenant-b" });
const keyA = await key({ grants: [{ namespace: "tenant-a", access: "write" }] });
const keyB = await key({ grants: [{ namespace: "tenant-b", access: "write" }] });

// The example names its server by an address; the one of this run stands there.
const ask = globalThis.fetch;
beforeAll(() => {
  globalThis.fetch = (url, init) => ask(String(url).replace("http://localhost:3300", baseUrl), init);
});
afterAll(() => {
  globalThis.fetch = ask;
});

it("refuses the key of one tenant the namespace of another, as the seed prints it", async () => {
  // Admin client for namespace management
  const admin = new Dakera({
  baseUrl: 'http://localhost:3300',
  apiKey: adminKey
  });
  // Create isolated namespaces for each tenant
  // Each tenant's data is completely separate
  // Tenant A's client — can only access tenant-a namespace
  const tenantA = new Dakera({
  baseUrl: 'http://localhost:3300',
  apiKey: keyA // scoped to "tenant-a" only
  });
  // Tenant B's client — can only access tenant-b namespace
  const tenantB = new Dakera({
  baseUrl: 'http://localhost:3300',
  apiKey: keyB // scoped to "tenant-b" only
  });
  // Tenant A stores a memory
  await tenantA.memory.store({
  content: 'Internal roadmap: launching feature X in Q3',
  namespace: 'tenant-a',
  metadata: { type: 'confidential' }
  });
  const refused = (async () => {
  // Tenant B cannot access Tenant A's data
  const results = await tenantB.memory.recall({
  query: 'roadmap plans',
  namespace: 'tenant-a' // This will be rejected — key not scoped for this namespace
  });
  // Error: 403 Forbidden — API key not authorized for namespace "tenant-a"
  return results;
  })();
  const error = await thrown(refused);
  // Tenant B can only access their own namespace
  await tenantB.memory.store({
  content: 'Our launch date is Q4',
  namespace: 'tenant-b',
  metadata: { type: 'planning' }
  });

  expect(error.status).toBe(403);
  expect(error.message).toBe('API key not authorized for namespace "tenant-a"');
  const own = await tenantA.memory.recall({ query: "roadmap plans", namespace: "tenant-a" });
  expect(own.map(({ content, metadata }) => ({ content, metadata }))).toEqual([
    { content: "Internal roadmap: launching feature X in Q3", metadata: { type: "confidential" } },
  ]);
  const others = await tenantB.memory.recall({ query: "roadmap plans", namespace: "tenant-b" });
  expect(others.map(({ content }) => content)).toEqual(["Our launch date is Q4"]);
  expect((await admin.namespaces.list()).map(({ name }) => name).sort()).toEqual(["tenant-a", "tenant-b"]);
});

it("refuses a namespace that exists in the same words as one that does not", async () => {
  const tenantB = new Dakera({ baseUrl, apiKey: keyB });
  const there = await thrown(tenantB.memory.recall({ query: "plans", namespace: "tenant-a" }));
  const absent = await thrown(tenantB.memory.recall({ query: "plans", namespace: "tenant-c" }));
  expect(absent.message.replace("tenant-c", "tenant-a")).toBe(there.message);
  expect([absent.status, absent.code]).toEqual([there.status, there.code]);
});
