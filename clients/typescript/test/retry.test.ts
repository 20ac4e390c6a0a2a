// What is sent again, after how long, and what is not, against a server that answers as it is told.
import {
  AbortError,
  ConnectionError,
  MemoryClient,
  RateLimitError,
  ServerError,
  TimeoutError,
  UnexpectedReplyError,
  type ClientOptions,
} from "anchorhold";

import { pauseMs, retryAfterSeconds } from "../src/retry.js";
import { answer, hang, refuse, reset, scripted, type Step } from "./support/scripted.js";
import { thrown } from "./support/server.js";

const MEMORY = { id: "m", content: "x" };
const kept = answer(201, MEMORY);
const limited = (headers: Record<string, string> = {}) =>
  refuse(429, "rate_limited", "rate_limit_error", headers);
const soon = { "retry-after": "0" };
const client = (server: { baseUrl: string }, more: ClientOptions = {}) =>
  new MemoryClient({
    apiKey: "ah_x",
    userId: "alice",
    ...server,
    ...more,
    baseUrl: server.baseUrl,
  });

it.each([
  ["429", limited(soon)],
  ["503", refuse(503, "overloaded", "server_error", soon)],
  ["408", refuse(408, "json_invalid", "invalid_request_error", soon)],
  ["425", answer(425, {}, soon)],
  ["409 idempotency_in_progress", refuse(409, "idempotency_in_progress", "conflict_error", soon)],
])(
  "sends anything again after %s with Retry-After, with one id and one idempotency key",
  async (_, refused) => {
    await using server = await scripted(refused, refused, kept);
    expect(await client(server).addMemory("x")).toMatchObject(MEMORY);
    expect(server.asked).toHaveLength(3);
    const [first, ...others] = server.asked;
    expect(JSON.parse(first!.body).id).toMatch(/^[0-9a-f-]{36}$/);
    expect(first!.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    for (const { body, headers } of others)
      expect([body, headers]).toEqual([first!.body, first!.headers]);
    const writes: ((memory: MemoryClient) => Promise<unknown>)[] = [
      (memory) => memory.deleteMemory("m"),
      (memory) => memory.updateMemory("m", { content: "y" }),
      (memory) => memory.eraseUser(),
      (memory) => memory.import('{"content": "x"}'),
    ];
    for (const write of writes) {
      await using again = await scripted(refused, answer(200, {}));
      await write(client(again));
      expect(again.asked.map(({ body, headers }) => [body, headers["idempotency-key"]])).toEqual(
        Array(2).fill([again.asked[0]!.body, expect.any(String)]),
      );
    }
  },
);

it("waits as long as Retry-After says, in seconds and as a date", async () => {
  // A date knows whole seconds, so this one is one to two seconds away.
  const date = new Date(Date.now() + 2_000).toUTCString();
  for (const [said, until] of [
    ["1", Date.now() + 1_000],
    [date, Date.parse(date)],
  ] as const) {
    await using server = await scripted(
      limited({ "retry-after": said }),
      answer(200, { memories: [] }),
    );
    await client(server).getAllMemories();
    expect(server.asked).toHaveLength(2);
    // A timer may end a millisecond early.
    expect(Date.now()).toBeGreaterThanOrEqual(until - 2);
  }
});

it("does not wait for more than a minute, and says how long it would have been", async () => {
  await using server = await scripted(limited({ "retry-after": "61" }));
  const error = await thrown(client(server).addMemory("x"));
  expect(error).toBeInstanceOf(RateLimitError);
  expect(error).toMatchObject({
    status: 429,
    code: "rate_limited",
    retryAfterSeconds: 61,
    requestId: "req_1",
  });
  expect(server.asked).toHaveLength(1);
});

it("gives up after maxRetries, with the last refusal", async () => {
  const refused = limited(soon);
  for (const maxRetries of [0, 1, 2]) {
    await using server = await scripted(refused, refused, refused, refused);
    expect(await thrown(client(server, { maxRetries }).addMemory("x"))).toBeInstanceOf(
      RateLimitError,
    );
    expect(server.asked).toHaveLength(1 + maxRetries);
  }
});

it("sends again on a broken connection what can be repeated, and nothing else", async () => {
  const half: Step = (_, reply) => {
    reply.writeHead(200, { "content-length": "100" });
    reply.write('{"id": ', () => reply.destroy());
  };
  const repeatable: [(memory: MemoryClient) => Promise<unknown>, object][] = [
    [(memory) => memory.addMemory("x"), MEMORY],
    [(memory) => memory.searchMemories("x"), { results: [] }],
    [(memory) => memory.getAllMemories(), { memories: [] }],
    [(memory) => memory.getMemory("m"), MEMORY],
  ];
  for (const [call, reply] of repeatable) {
    await using server = await scripted(reset, half, answer(200, reply));
    await call(client(server));
    expect(server.asked).toHaveLength(3);
  }
  const once: ((memory: MemoryClient) => Promise<unknown>)[] = [
    (memory) => memory.deleteMemory("m"),
    (memory) => memory.updateMemory("m", { content: "y" }),
    (memory) => memory.forget({ ids: ["m"] }),
    (memory) => memory.eraseUser(),
    (memory) => memory.import('{"content": "x"}'),
  ];
  for (const call of once) {
    for (const broken of [reset, half, refuse(503, "overloaded", "server_error")]) {
      await using server = await scripted(broken, answer(200, {}));
      const error = await thrown(call(client(server)));
      expect([ConnectionError, ServerError].some((Class) => error instanceof Class)).toBe(true);
      expect(server.asked).toHaveLength(1);
    }
  }
});

it("never sends again what was refused for good, or failed inside", async () => {
  for (const status of [400, 401, 403, 404, 409, 413, 422, 500, 502, 504]) {
    await using server = await scripted(refuse(status, "internal", "server_error", soon), kept);
    expect(await thrown(client(server).addMemory("x"))).toMatchObject({ status });
    expect(server.asked).toHaveLength(1);
  }
});

it("gives up an attempt that hangs, and tries again where that is safe", async () => {
  await using server = await scripted(hang, answer(200, { memories: [] }));
  expect(await client(server, { timeoutMs: 2_000 }).getAllMemories()).toEqual([]);
  expect(server.asked).toHaveLength(2);
  await using silent = await scripted(hang, hang);
  const error = await thrown(client(silent, { timeoutMs: 100 }).deleteMemory("m"));
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error.message).toContain("100 ms");
  expect(silent.asked.length).toBeLessThanOrEqual(1);
});

it("gives up a body that stops arriving", async () => {
  const stops: Step = (_, reply) => void reply.writeHead(200).write('{"memories": [');
  await using server = await scripted(stops, stops);
  expect(
    await thrown(client(server, { timeoutMs: 100, maxRetries: 0 }).getAllMemories()),
  ).toBeInstanceOf(TimeoutError);
  const lines = client(server, { timeoutMs: 100, maxRetries: 0 }).export().text();
  expect(await thrown(lines)).toBeInstanceOf(TimeoutError);
});

it("ends at once when the signal says so: before, under way, and while it waits", async () => {
  await using server = await scripted(hang, limited({ "retry-after": "60" }));
  const reason = new Error("the user left");
  const before = await thrown(client(server).addMemory("x", { signal: AbortSignal.abort(reason) }));
  expect(server.asked).toHaveLength(0);
  const errors = [before];
  for (const call of ["under way", "waiting"]) {
    const controller = new AbortController();
    const running = client(server).addMemory(call, { signal: controller.signal });
    const count = server.asked.length;
    await vi.waitUntil(() => server.asked.length > count, { timeout: 60_000 });
    controller.abort(reason);
    errors.push(await thrown(running));
  }
  for (const error of errors) {
    expect(error).toBeInstanceOf(AbortError);
    expect(error.cause).toBe(reason);
  }
  expect(server.asked).toHaveLength(2);
});

it("follows no redirect and takes no other server's answer for one", async () => {
  await using elsewhere = await scripted(answer(200, { memories: [] }));
  const away: Step = (_, reply) => void reply.writeHead(302, { location: elsewhere.baseUrl }).end();
  const page: Step = (_, reply) => void reply.writeHead(200).end("<html>");
  const proxy: Step = (_, reply) => void reply.writeHead(502).end("Bad gateway");
  await using server = await scripted(away, page, proxy);
  expect(await thrown(client(server).getAllMemories())).toMatchObject({
    name: "UnexpectedReplyError",
    status: 302,
  });
  expect(elsewhere.asked).toHaveLength(0);
  expect(await thrown(client(server).getAllMemories())).toBeInstanceOf(UnexpectedReplyError);
  expect(await thrown(client(server).getAllMemories())).toMatchObject({
    name: "ServerError",
    status: 502,
  });
});

it("says of an export that was cut that it was", async () => {
  const head = '{"anchorhold_export":1}\n{"content":"x"}\n';
  const cuts = [head, "", `${head}{"anchorhold_export_end":1,`].map(
    (text): Step =>
      (_, reply) =>
        void reply.end(text),
  );
  for (const cut of cuts) {
    await using server = await scripted(cut);
    expect(await thrown(client(server).export().text())).toBeInstanceOf(UnexpectedReplyError);
  }
  const breaks: Step = (_, reply) => void reply.write(head, () => reply.destroy());
  await using server = await scripted(breaks);
  expect(await thrown(client(server).export().text())).toBeInstanceOf(ConnectionError);
});

it("says why when the lines of an import end in an error", async () => {
  const broken: Step = (_, reply) => void reply.end('{"anchorhold_export":1}\n');
  await using from = await scripted(broken);
  await using to = await scripted(answer(200, {}));
  const error = await thrown(client(to).import(client(from).export()));
  expect(error).toBeInstanceOf(UnexpectedReplyError);
});

it("never waits longer than it says, and never without bounds", () => {
  const refused = (retryAfter?: number) =>
    new RateLimitError("", { status: 429, retryAfterSeconds: retryAfter });
  for (let attempt = 0; attempt < 40; attempt++) {
    for (const random of [0, 0.5, 0.999]) {
      const ms = pauseMs(refused(), { repeatable: true, attempt, random })!;
      expect(ms).toBeGreaterThan(300);
      expect(ms).toBeLessThanOrEqual(8_000);
      expect(pauseMs(refused(7), { repeatable: false, attempt, random })).toBeGreaterThanOrEqual(
        7_000,
      );
      expect(pauseMs(refused(), { repeatable: false, attempt, random })).toBeUndefined();
    }
  }
});

it("reads Retry-After as seconds or as a date, and nothing else", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  const read = (header: string | null) => retryAfterSeconds(header, now);
  expect([read("0"), read("120"), read(" 5 ")]).toEqual([0, 120, 5]);
  expect(read("Mon, 23 Nov 2026 12:00:30 GMT")).toBe(30);
  expect(read("Mon, 23 Nov 2026 11:00:00 GMT")).toBe(0);
  expect([read(null), read(""), read("soon"), read("1,5s")]).toEqual(Array(4).fill(undefined));
});
