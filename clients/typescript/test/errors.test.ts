// Refusals of the real server as typed errors, and what no error and no client shows.
import { inspect } from "node:util";

import * as anchorhold from "anchorhold";
import { Anchorhold, AnchorholdError, MemoryClient } from "anchorhold";

import { baseUrl, tenant, thrown } from "./support/server.js";

const acme = await tenant();
const strict = await tenant({ trust_mode: "strict" });

it("gives each refusal its class, with status, code, request id and field", async () => {
  const alice = acme.user("alice");
  const { id } = await alice.addMemory("Here.");
  const none = "00000000-0000-7000-8000-000000000000";
  const nobody = new MemoryClient({ baseUrl, apiKey: acme.apiKey });
  const cases: [() => Promise<unknown>, string, number, string, string?][] = [
    [() => alice.addMemory(""), "InvalidRequestError", 422, "request_invalid", "content"],
    [
      () => alice.addMemory("x".repeat(65_537)),
      "InvalidRequestError",
      413,
      "content_too_large",
      "content",
    ],
    [
      () => alice.addMemory("x", { importance: 2 }),
      "InvalidRequestError",
      422,
      "request_invalid",
      "importance",
    ],
    [
      () => alice.searchMemories("x", { limit: 0 }),
      "InvalidRequestError",
      422,
      "request_invalid",
      "limit",
    ],
    [
      () => alice.searchMemories("x", { filter: { colour: { eq: 1 } } }),
      "InvalidRequestError",
      422,
      "filter_invalid",
    ],
    [() => alice.forget({ filter: {} }), "InvalidRequestError", 422, "filter_invalid"],
    [() => nobody.getAllMemories(), "InvalidRequestError", 400, "identity_required"],
    [
      () => new MemoryClient({ baseUrl, apiKey: "ah_of_nobody" }).whoami(),
      "AuthenticationError",
      401,
      "credential_invalid",
    ],
    [
      () => new MemoryClient({ baseUrl, apiKey: null }).whoami(),
      "AuthenticationError",
      401,
      "credential_missing",
    ],
    [() => strict.user("alice").getAllMemories(), "PermissionError", 403, "identity_unverified"],
    [
      () => new Anchorhold({ baseUrl, apiKey: acme.apiKey }).keys.list(),
      "PermissionError",
      403,
      "access_forbidden",
    ],
    [() => acme.user("bob").getMemory(id), "NotFoundError", 404, "memory_not_found"],
    [() => alice.deleteMemory(none), "NotFoundError", 404, "memory_not_found"],
    [
      () => alice.updateMemory(id, { content: "There." }, { version: 9 }),
      "ConflictError",
      409,
      "version_conflict",
    ],
  ];
  for (const [call, name, status, code, field] of cases) {
    const error = await thrown(call());
    expect(error, code).toBeInstanceOf(
      (anchorhold as unknown as Record<string, typeof AnchorholdError>)[name]!,
    );
    expect(error, code).toBeInstanceOf(AnchorholdError);
    expect({ name: error.name, status: error.status, code: error.code }).toEqual({
      name,
      status,
      code,
    });
    if (field !== undefined) expect(error.field).toBe(field);
    expect(error.requestId, code).toMatch(/^req_/);
    expect(error.message.length).toBeGreaterThan(10);
  }
});

it("sends nothing for an id that no id can be", async () => {
  const ask = vi.fn();
  const client = new MemoryClient({ baseUrl, apiKey: "ah_x", fetch: ask });
  for (const id of ["", "../keys", "a/b", "a?b", "%2e", " ", "a#", "ä"]) {
    expect(await thrown(client.deleteMemory(id)), id).toMatchObject({ name: "ConfigurationError" });
  }
  expect(ask).not.toHaveBeenCalled();
});

it("shows no key, header or user, whatever is printed", async () => {
  const secrets = ["ah_secret_of_ours", "token_of_ours", "alice_of_ours"];
  const [apiKey, token, userId] = secrets as [string, string, string];
  const options = { apiKey, userId, headers: { "x-token": token } };
  const unreachable = { ...options, baseUrl: "http://127.0.0.1:1", maxRetries: 0 };
  const clients = [
    new MemoryClient({ baseUrl, ...options }),
    new Anchorhold({ baseUrl, ...options }),
  ];
  const errors = [
    await thrown(clients[0]!.whoami()),
    await thrown(clients[1]!.whoami()),
    await thrown(new MemoryClient(unreachable).whoami()),
    await thrown(clients[0]!.whoami({ signal: AbortSignal.abort() })),
    thrownBy(() => new MemoryClient({ baseUrl, apiKey: `${apiKey}\n` })),
    thrownBy(() => new MemoryClient({ baseUrl: `http://x:${apiKey}@host`, apiKey })),
    thrownBy(() => new MemoryClient({ baseUrl: apiKey, apiKey })),
    thrownBy(() => new MemoryClient({ ...options, baseUrl, userId: `${userId}\n` })),
    thrownBy(() => new MemoryClient({ ...options, baseUrl, headers: { "x-token": `${token}\n` } })),
  ];
  for (const thing of [...clients, ...errors]) {
    const printed = [
      inspect(thing, { depth: 9, showHidden: true }),
      JSON.stringify(thing),
      String(thing),
    ].join();
    for (const secret of secrets) expect(printed).not.toContain(secret);
  }
});

function thrownBy(make: () => unknown): unknown {
  try {
    make();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
