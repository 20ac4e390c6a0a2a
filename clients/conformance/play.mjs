// Plays cases.json through the official package `openai` of npm.
//
// What the client makes of an answer, whole or streamed, is brought into one shape, and that is compared with what the
// case expects. README.md tells what a case can say; play.py does the same for Python.

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import OpenAI from "openai";

const url = process.env.ANCHORHOLD_URL, scripted = process.env.SCRIPTED_URL;
const keys = { acting: process.env.ANCHORHOLD_KEY, legacy: process.env.ANCHORHOLD_LEGACY_KEY,
  unknown: "ah_of_nobody" };
const cases = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8"));
// A client that hangs longer than this was not told in time; a count that is not reached by then never will be.
const secondsMax = 60;

/** What came of a call, in one shape for whole answers and streams. */
class Outcome {
  texts = []; calls = []; finish = []; logprobs = []; reasoning = ""; usage = null;

  take(answer, part) {
    for (const choice of answer.choices) {
      const said = choice[part];
      this.texts[choice.index] = (this.texts[choice.index] ?? "") + (said.content ?? "");
      this.reasoning += said.reasoning_content ?? "";
      for (const [number, call] of (said.tool_calls ?? []).entries()) {
        const known = (this.calls[call.index ?? number] ??= { name: "", arguments: "" });
        known.name += call.function.name ?? "";
        known.arguments += call.function.arguments ?? "";
      }
      if (choice.finish_reason) this.finish[choice.index] = choice.finish_reason;
      for (const one of choice.logprobs?.content ?? []) this.logprobs.push([one.token, one.logprob]);
    }
    this.usage = answer.usage?.total_tokens ?? this.usage;
  }

  told() {
    return { ...this, characters: this.texts.join("").length };
  }
}

function headers(step) {
  return { ...(step.as && { "x-anchorhold-user": step.as }), ...step.headers };
}

function client(step) {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: keys[step.key ?? "acting"], defaultHeaders: headers(step),
    maxRetries: step.retries ?? 0, timeout: (step.timeout ?? secondsMax) * 1000, logLevel: "off" });
}

function chatBody(step) {
  const messages = step.messages ?? [{ role: "user", content: step.say }];
  return { model: step.model, messages, ...step.body, ...(step.field && { user: step.field }),
    ...(step.stream && { stream: true }) };
}

async function chat(step) {
  const answer = await client(step).chat.completions.create(chatBody(step));
  const outcome = new Outcome();
  if (!step.stream) {
    outcome.take(answer, "message");
    return outcome.told();
  }
  for await (const chunk of answer) {
    outcome.take(chunk, "delta");
    if (step.leave && outcome.texts[0]) return { left: true };
  }
  return outcome.told();
}

const calls = {
  chat,
  async models(step) {
    return { ids: (await client(step).models.list()).data.map((one) => one.id).sort() };
  },
  async embeddings(step) {
    return { vectors: (await client(step).embeddings.create(step.body)).data.map((one) => one.embedding) };
  },
  async completions(step) {
    return { texts: (await client(step).completions.create(step.body)).choices.map((choice) => choice.text) };
  },
};

/** What came of a step: an outcome, or the error that the package raised. */
async function played(step) {
  try {
    return await calls[step.call ?? "chat"](step);
  } catch (error) { // what it is called is what is compared
    return { raises: error.constructor.name, status: error.status ?? null, message: error.message };
  }
}

async function get(address, more) {
  const reply = await fetch(address, { headers: more, signal: AbortSignal.timeout(secondsMax * 1000) });
  return reply.json();
}

/** Looks until it is as wanted, or there is no more time; the last look. */
async function until(look, wanted) {
  const end = Date.now() + secondsMax * 1000;
  for (;;) {
    const seen = await look();
    if (isDeepStrictEqual(seen, wanted) || Date.now() > end) return seen;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** What is kept of the user of a step. */
async function kept(step) {
  const more = { authorization: `Bearer ${keys[step.key ?? "acting"]}`, "x-anchorhold-user": step.as };
  return (await get(`${url}/v1/memories`, more)).memories.map((one) => one.content).sort();
}

/** What is otherwise than the step expects. */
async function differences(step, seen, received) {
  const expect = step.expect ?? {}, found = [];
  for (const [name, wanted] of Object.entries(expect)) {
    const holds = name === "says" ? seen.message?.includes(wanted) : isDeepStrictEqual(seen[name], wanted);
    if (!holds) found.push(`${name}: ${JSON.stringify(wanted)}`);
  }
  if (!("raises" in expect) && "raises" in seen) found.push("no error");
  const prompts = received.map((one) => one.body).join("\n");
  for (const words of step.holds ?? []) if (!prompts.includes(words)) found.push(`the prompt holds ${words}`);
  for (const words of step.lacks ?? []) if (prompts.includes(words)) found.push(`the prompt lacks ${words}`);
  if ("requests" in step && received.length !== step.requests) {
    found.push(`${step.requests} requests and not ${received.length}`);
  }
  if (step.kept) {
    const wanted = [...step.kept].sort(), known = await until(() => kept(step), wanted);
    if (!isDeepStrictEqual(known, wanted)) found.push(`kept ${wanted} and not ${known}`);
  }
  return found;
}

/** A part of a case, with what differs between clients chosen and what is the model's answer put in. */
function filled(value) {
  if (Array.isArray(value)) return value.map(filled);
  if (value && typeof value === "object") {
    if ("python" in value) return filled(value.node ?? value.python);
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one)]));
  }
  const models = [...Object.keys(cases.scripts), "patient", "patient-stream"].sort();
  return { ANSWER: cases.answer, MODELS: models }[value] ?? value;
}

/** A case for each script, whole and streamed, with a good answer behind each, so that the server is not left alone
 * after so many failures. */
function ofScripts() {
  const good = { as: "between", model: "answer", say: "Are you still there?", expect: { texts: ["ANSWER"] },
    headers: { "x-anchorhold-memory": "off" } };
  return Object.entries(cases.scripts).flatMap(([model, expects]) => ["whole", "stream"].map((way) => {
    const step = { as: `${model}-${way}`, model, say: `When does the train leave, ${way}?`, stream: way === "stream",
      expect: expects[way] ?? expects.both };
    return { name: `${model}, ${way}`, steps: [step, good] };
  }));
}

const failed = [];
let count = 0;
for (const one of [...ofScripts(), ...cases.cases]) {
  await get(`${scripted}/received`);
  const { left } = await get(`${scripted}/playing`);
  for (const [number, step] of filled(one.steps).entries()) {
    const seen = await played(step);
    if (step.leave) {
      seen.left = (await until(async () => (await get(`${scripted}/playing`)).left, left + 1)) === left + 1;
    }
    const found = await differences(step, seen, await get(`${scripted}/received`));
    if (found.length) {
      const came = JSON.stringify(seen).slice(0, 400);
      failed.push(`${one.name}, step ${number + 1}: expected ${found.join("; ")}, came ${came}`);
    }
  }
  count += 1;
}
console.log([`node: ${count} cases, ${failed.length} failed`, ...failed].join("\n  "));
process.exit(failed.length ? 1 : 0);
