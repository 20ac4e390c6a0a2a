// The tools, called by the real AI SDK; its mock model says what a model would.
import { generateText, isStepCount, type ModelMessage } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { memoryTools } from "anchorhold/ai";

import { baseUrl, tenant, thrown } from "./support/server.js";

const acme = await tenant();
const config = (userId: string) => ({ baseUrl, apiKey: acme.apiKey, userId });

type Content = Awaited<ReturnType<MockLanguageModelV4["doGenerate"]>>["content"];

/** A model that first calls these tools, then says "done". */
function calling(...calls: [name: string, input: object][]): MockLanguageModelV4 {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  };
  const said = (content: Content, unified: "stop" | "tool-calls") => ({
    content,
    finishReason: { unified, raw: undefined },
    usage,
    warnings: [],
  });
  const asked = calls.map(([toolName, input], number) => ({
    type: "tool-call" as const,
    toolCallId: `call-${number}`,
    toolName,
    input: JSON.stringify(input),
  }));
  return new MockLanguageModelV4({
    doGenerate: [said(asked, "tool-calls"), said([{ type: "text", text: "done" }], "stop")],
  });
}

const stopWhen = isStepCount(5);

it("lets a model keep and find memories of its user, and of nobody else", async () => {
  const tools = memoryTools(config("alice"));
  const adding = calling([
    "add_memory",
    { content: "Likes TypeScript.", importance: 0.9, tags: ["taste"] },
  ]);
  expect(
    (await generateText({ model: adding, prompt: "I like TypeScript.", tools, stopWhen })).text,
  ).toBe("done");
  const [kept] = await acme.user("alice").getAllMemories();
  expect(kept).toMatchObject({ content: "Likes TypeScript.", importance: 0.9, tags: ["taste"] });
  const search: [string, object] = ["search_memories", { query: "Which language?" }];
  const found = await generateText({
    model: calling(search),
    prompt: "What do I like?",
    tools,
    stopWhen,
  });
  const [result] = found.steps[0]!.toolResults;
  expect(result!.output).toEqual([
    { id: kept!.id, content: "Likes TypeScript.", date: kept!.createdAt },
  ]);
  const bob = await generateText({
    model: calling(search),
    prompt: "What do I like?",
    tools: memoryTools(config("bob")),
    stopWhen,
  });
  expect(bob.steps[0]!.toolResults[0]!.output).toEqual([]);
});

it("has no argument that names a user or a namespace, and reads none", async () => {
  const model = calling(
    [
      "search_memories",
      {
        query: "TypeScript",
        userId: "alice",
        user: "alice",
        namespace: "org",
        headers: { "x-anchorhold-user": "alice" },
      },
    ],
    ["add_memory", { content: "Mine.", userId: "alice", namespace: "org", id: "x" }],
  );
  const tools = memoryTools(config("carol"));
  const { steps } = await generateText({ model, prompt: "", tools, stopWhen });
  expect(
    steps[0]!.toolResults.find(({ toolName }) => toolName === "search_memories")!.output,
  ).toEqual([]);
  expect((await acme.user("carol").getAllMemories()).map(({ content }) => content)).toEqual([
    "Mine.",
  ]);
  const told = model.doGenerateCalls[0]!.tools!.map((tool) =>
    tool.type === "function" ? [tool.name, tool.inputSchema] : [],
  );
  expect(Object.fromEntries(told)).toMatchObject({
    add_memory: {
      properties: { content: {}, importance: {}, tags: {} },
      additionalProperties: false,
    },
    search_memories: { properties: { query: {}, limit: {} }, additionalProperties: false },
    delete_memory: { properties: { id: {} }, additionalProperties: false },
  });
  const names = told.flatMap(([, schema]) =>
    Object.keys((schema as { properties: object }).properties),
  );
  expect(names).toEqual(["content", "importance", "tags", "query", "limit", "id"]);
});

it("deletes only when a person has said so, and never what is another's", async () => {
  const { id } = await acme.user("dora").addMemory("To be deleted.");
  const tools = memoryTools(config("dora"));
  const first = await generateText({
    model: calling(["delete_memory", { id }]),
    prompt: "Delete it.",
    tools,
    stopWhen,
  });
  const [request] = first.content.filter((part) => part.type === "tool-approval-request");
  expect(await acme.user("dora").getAllMemories()).toHaveLength(1);
  for (const approved of [false, true]) {
    const messages: ModelMessage[] = [
      { role: "user", content: "Delete it." },
      ...first.response.messages,
      {
        role: "tool",
        content: [{ type: "tool-approval-response", approvalId: request!.approvalId, approved }],
      },
    ];
    await generateText({ model: calling(), messages, tools, stopWhen });
    expect(await acme.user("dora").getAllMemories()).toHaveLength(approved ? 0 : 1);
  }
  const hers = await acme.user("alice").addMemory("Alice's own.");
  const unasked = memoryTools(config("dora"), { confirmDelete: false });
  const { steps } = await generateText({
    model: calling(["delete_memory", { id: hers.id }]),
    prompt: "",
    tools: unasked,
    stopWhen,
  });
  expect(steps[0]!.content.find((part) => part.type === "tool-error")).toMatchObject({
    error: { code: "memory_not_found" },
  });
  expect((await acme.user("alice").getMemory(hers.id)).content).toBe("Alice's own.");
});

it("deletes without asking where the application says so", async () => {
  const emil = acme.user("emil");
  const { id } = await emil.addMemory("To be deleted.");
  const model = calling(["delete_memory", { id }]);
  const { steps } = await generateText({
    model,
    prompt: "",
    tools: memoryTools(emil, { confirmDelete: false }),
    stopWhen,
  });
  expect(steps[0]!.toolResults[0]!.output).toEqual({ id, deleted: true });
  expect(await emil.getAllMemories()).toEqual([]);
});

it("stops with the conversation it is called in", async () => {
  const { add_memory } = memoryTools(config("frida"));
  const call = {
    toolCallId: "call-0",
    messages: [],
    abortSignal: AbortSignal.abort(),
    context: {},
  };
  const added = Promise.resolve(add_memory.execute!({ content: "Too late." }, call));
  expect(await thrown(added)).toMatchObject({ name: "AbortError" });
  expect(await acme.user("frida").getAllMemories()).toEqual([]);
});
