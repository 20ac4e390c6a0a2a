// What a client is told once: where it looks for the rest, and what it does not take.
import { Anchorhold, ConfigurationError, MemoryClient } from "anchorhold";

import { answer, scripted } from "./support/scripted.js";

afterEach(() => vi.unstubAllGlobals());
afterEach(() => vi.unstubAllEnvs());

it("takes address and key from the environment when it is told none", async () => {
  await using server = await scripted(answer(200, {}), answer(200, {}));
  vi.stubEnv("ANCHORHOLD_URL", `${server.baseUrl}/below/`);
  vi.stubEnv("ANCHORHOLD_KEY", "ah_of_the_environment");
  await new MemoryClient().whoami();
  await new Anchorhold({ apiKey: "ah_told" }).whoami();
  expect(server.asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ["/below/v1/whoami", "Bearer ah_of_the_environment"],
    ["/below/v1/whoami", "Bearer ah_told"],
  ]);
  vi.stubEnv("ANCHORHOLD_KEY", undefined);
  expect(() => new MemoryClient()).toThrow(ConfigurationError);
});

it("asks where there is no process, such as in a page, for what it is not told", () => {
  vi.stubGlobal("process", undefined);
  expect(() => new MemoryClient({ baseUrl: "http://127.0.0.1:1" })).toThrow(/apiKey/);
  new MemoryClient({ apiKey: "ah_x" });
});

it("lets no secret key into a page unless that is said", () => {
  vi.stubGlobal("window", { document: {} });
  vi.stubGlobal("navigator", {});
  for (const Client of [MemoryClient, Anchorhold]) {
    expect(() => new Client({ apiKey: "ah_secret" })).toThrow(/dangerouslyAllowBrowser/);
    expect(() => new Client({ apiKey: "aho_secret" })).toThrow(/publishable/);
    new Client({ apiKey: "ahp_of_the_page" });
    new Client({ apiKey: "ah_secret", dangerouslyAllowBrowser: true });
  }
});

it("sends a publishable key beside a token of the user's own", async () => {
  await using server = await scripted(answer(200, {}), answer(200, {}));
  const headers = { Authorization: "Bearer a.signed.token", "X-Isolation-Key": "org-acme" };
  await new MemoryClient({ baseUrl: server.baseUrl, apiKey: "ahp_x", headers }).whoami();
  await new MemoryClient({ baseUrl: server.baseUrl, apiKey: null }).whoami();
  expect(server.asked[0]!.headers).toMatchObject({
    authorization: "Bearer a.signed.token",
    "x-api-key": "ahp_x",
    "x-isolation-key": "org-acme",
  });
  expect(server.asked[1]!.headers).not.toHaveProperty("authorization");
});

it("names user and parts in headers alone, never in an address", async () => {
  await using server = await scripted(answer(200, { memories: [] }));
  const parts = {
    userId: "alice",
    workspace: "w",
    agent: "a",
    thread: "t",
    namespace: "org/acme",
    sessionId: "s",
  };
  await new MemoryClient({ baseUrl: server.baseUrl, apiKey: "ah_x", ...parts }).getAllMemories();
  expect(server.asked[0]!.url).toBe("/v1/memories?limit=200");
  expect(server.asked[0]!.headers).toMatchObject({
    "x-anchorhold-user": "alice",
    "x-anchorhold-workspace": "w",
    "x-anchorhold-agent": "a",
    "x-anchorhold-thread": "t",
    "x-anchorhold-namespace": "org/acme",
    "x-session-id": "s",
  });
});

it("refuses what cannot be meant", () => {
  const wrong = [
    { baseUrl: "127.0.0.1:3300" },
    { baseUrl: "ftp://host" },
    { baseUrl: "http://host?x=1" },
    { apiKey: "" },
    { apiKey: "a b" },
    { maxRetries: -1 },
    { maxRetries: 0.5 },
    { timeoutMs: -1 },
    { timeoutMs: NaN },
    { workspace: "" },
    { thread: "a\r\nb: c" },
    { headers: { "x-a": "\n" } },
  ];
  for (const options of wrong) {
    expect(() => new MemoryClient({ apiKey: "ah_x", ...options }), JSON.stringify(options)).toThrow(
      ConfigurationError,
    );
  }
});
