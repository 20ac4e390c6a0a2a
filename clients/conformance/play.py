"""Plays cases.json through the official Python packages: `play.py openai` or `play.py litellm`.

What each client makes of an answer, whole or streamed, is brought into one shape (`Outcome`), and that is compared
with what the case expects. README.md tells what a case can say.
"""

import json
import os
import pathlib
import sys
import time
import urllib.request

URL, SCRIPTED = os.environ["ANCHORHOLD_URL"], os.environ["SCRIPTED_URL"]
KEYS = {"acting": os.environ["ANCHORHOLD_KEY"], "legacy": os.environ["ANCHORHOLD_LEGACY_KEY"],
    "unknown": "ah_of_nobody"}
CASES = json.loads(pathlib.Path(__file__).with_name("cases.json").read_text("utf-8"))
# A client that hangs longer than this was not told in time; a count that is not reached by then never will be.
SECONDS_MAX = 60


class Outcome:
    """What came of a call, in one shape for whole answers and streams."""

    def __init__(self):
        self.texts, self.calls, self.finish, self.logprobs = {}, {}, {}, []
        self.reasoning, self.usage = "", None

    def whole(self, answer):
        for choice in answer.choices:
            self.part(choice.index, choice.message, choice)
        self.used(answer)

    def piece(self, chunk):
        for choice in chunk.choices:
            self.part(choice.index, choice.delta, choice)
        self.used(chunk)

    def part(self, index, said, choice):
        self.texts[index] = self.texts.get(index, "") + (said.content or "")
        self.reasoning += getattr(said, "reasoning_content", None) or ""
        for number, call in enumerate(said.tool_calls or []):
            at = getattr(call, "index", None)
            known = self.calls.setdefault(number if at is None else at, {"name": "", "arguments": ""})
            known["name"] += call.function.name or ""
            known["arguments"] += call.function.arguments or ""
        if choice.finish_reason:
            self.finish[index] = choice.finish_reason
        logprobs = getattr(choice, "logprobs", None)
        content = getattr(logprobs, "content", None) or []
        self.logprobs += [[one.token, one.logprob] for one in content]

    def used(self, answer):
        usage = getattr(answer, "usage", None)
        self.usage = usage.total_tokens if usage else self.usage

    def told(self):
        values = lambda of: [of[index] for index in sorted(of)]
        texts = values(self.texts)
        return {"texts": texts, "characters": len("".join(texts)), "calls": values(self.calls),
            "finish": values(self.finish), "logprobs": self.logprobs, "reasoning": self.reasoning, "usage": self.usage}


class OpenAi:
    """The package `openai`."""

    name = "python"

    def __init__(self):
        import openai

        self.package = openai

    def client(self, step):
        return self.package.OpenAI(base_url=URL + "/v1", api_key=KEYS[step.get("key", "acting")],
            default_headers=headers(step), max_retries=step.get("retries", 0), timeout=step.get("timeout", SECONDS_MAX))

    def chat(self, step, body):
        return self.client(step).chat.completions.create(**body)

    def models(self, step):
        return self.client(step).models.list()

    def embeddings(self, step):
        return self.client(step).embeddings.create(**step["body"])

    def completions(self, step):
        return self.client(step).completions.create(**step["body"])


class LiteLlm:
    """The package `litellm`, asked for a model of a server that speaks OpenAI's API."""

    name = "litellm"

    def __init__(self):
        import litellm

        litellm.suppress_debug_info = True
        self.package = litellm

    def settings(self, step):
        return {"api_base": URL + "/v1", "api_key": KEYS[step.get("key", "acting")], "extra_headers": headers(step),
            "max_retries": step.get("retries", 0), "timeout": step.get("timeout", SECONDS_MAX)}

    def chat(self, step, body):
        return self.package.completion(**{**body, "model": "openai/" + body["model"]}, **self.settings(step))

    def models(self, step):
        known = self.package.get_valid_models(check_provider_endpoint=True, custom_llm_provider="openai",
            api_base=URL + "/v1", api_key=KEYS["acting"])
        return Listed([Listed.One(name.removeprefix("openai/")) for name in known])

    def embeddings(self, step):
        body = {**step["body"], "model": "openai/" + step["body"]["model"]}
        answer = self.package.embedding(**body, **self.settings(step))
        return Listed([Listed.Vector(one["embedding"]) for one in answer.data])

    def completions(self, step):
        body = {**step["body"], "model": "text-completion-openai/" + step["body"]["model"]}
        return self.package.text_completion(**body, **self.settings(step))


class Listed:
    """A list in the shape of the package `openai`."""

    class One:
        def __init__(self, name):
            self.id = name

    class Vector:
        def __init__(self, embedding):
            self.embedding = embedding

    def __init__(self, data):
        self.data = data


def headers(step):
    user = {"x-anchorhold-user": step["as"]} if "as" in step else {}
    return {**user, **step.get("headers", {})}


def chat_body(client, step):
    messages = step.get("messages") or [{"role": "user", "content": step["say"]}]
    body = {"model": step["model"], "messages": messages, **step.get("body", {})}
    if "field" in step:
        # LiteLLM leaves `user` out for models that it does not know, unless it is told not to.
        body |= {"user": step["field"]} if client.name == "python" else {"extra_body": {"user": step["field"]}}
    return {**body, "stream": True} if step.get("stream") else body


def played(client, step):
    """What came of a step: an outcome, or the error that the package raised."""
    call = step.get("call", "chat")
    try:
        if call != "chat":
            answer = getattr(client, call)(step)
            if call == "models":
                return {"ids": sorted(one.id for one in answer.data)}
            if call == "embeddings":
                return {"vectors": [one.embedding for one in answer.data]}
            return {"texts": [choice.text for choice in answer.choices]}
        answer, outcome = client.chat(step, chat_body(client, step)), Outcome()
        if not step.get("stream"):
            outcome.whole(answer)
            return outcome.told()
        for chunk in answer:
            outcome.piece(chunk)
            if step.get("leave") and outcome.texts.get(0):
                close(answer)
                return {"left": True}
        return outcome.told()
    except Exception as error:  # what it is called is what is compared
        return {"raises": type(error).__name__, "status": getattr(error, "status_code", None), "message": str(error)}


def close(stream):
    # `litellm` has the stream of `openai` inside its own.
    inner = stream if hasattr(stream, "close") else stream.completion_stream
    inner.close()


def get(url, more=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=more or {}), timeout=SECONDS_MAX) as reply:
        return json.load(reply)


def until(look, wanted):
    """Looks until it is as wanted, or there is no more time; the last look."""
    end = time.monotonic() + SECONDS_MAX
    while (seen := look()) != wanted and time.monotonic() < end:
        time.sleep(0.02)
    return seen


def kept(step):
    """What is kept of the user of a step."""
    more = {"authorization": "Bearer " + KEYS[step.get("key", "acting")], "x-anchorhold-user": step["as"]}
    return sorted(one["content"] for one in get(URL + "/v1/memories", more)["memories"])


def differences(step, seen, received):
    """What is otherwise than the step expects."""
    expect, found = step.get("expect", {}), []
    for name, wanted in expect.items():
        if name == "says":
            if wanted not in seen.get("message", ""):
                found.append(f"says {wanted!r}")
        elif seen.get(name) != wanted:
            found.append(f"{name}: {wanted!r}")
    if "raises" not in expect and "raises" in seen:
        found.append("no error")
    prompts = "\n".join(one["body"] for one in received)
    found += [f"the prompt holds {words!r}" for words in step.get("holds", []) if words not in prompts]
    found += [f"the prompt lacks {words!r}" for words in step.get("lacks", []) if words in prompts]
    if "requests" in step and len(received) != step["requests"]:
        found.append(f"{step['requests']} requests and not {len(received)}")
    if "kept" in step and (known := until(lambda: kept(step), sorted(step["kept"]))) != sorted(step["kept"]):
        found.append(f"kept {step['kept']} and not {known}")
    return found


def filled(value, client):
    """A part of a case, with what differs between clients chosen and what is the model's answer put in."""
    if isinstance(value, dict):
        if "python" in value:
            return filled(value.get(client.name, value["python"]), client)
        return {name: filled(one, client) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, client) for one in value]
    known = {"ANSWER": CASES["answer"], "MODELS": sorted([*CASES["scripts"], "patient", "patient-stream"])}
    return known.get(value, value) if isinstance(value, str) else value


def of_scripts():
    """A case for each script, whole and streamed, with a good answer behind each, so that the server is not left
    alone after so many failures."""
    good = {"as": "between", "model": "answer", "say": "Are you still there?", "expect": {"texts": ["ANSWER"]},
        "headers": {"x-anchorhold-memory": "off"}}
    for model, expects in CASES["scripts"].items():
        for way in ["whole", "stream"]:
            step = {"as": f"{model}-{way}", "model": model, "say": f"When does the train leave, {way}?",
                "stream": way == "stream", "expect": expects.get(way, expects.get("both"))}
            yield {"name": f"{model}, {way}", "steps": [step, good]}


def main():
    client = {"openai": OpenAi, "litellm": LiteLlm}[sys.argv[1]]()
    failed, count = [], 0
    for case in [*of_scripts(), *CASES["cases"]]:
        get(SCRIPTED + "/received")
        left = get(SCRIPTED + "/playing")["left"]
        for number, step in enumerate(filled(case["steps"], client)):
            seen = played(client, step)
            if step.get("leave"):
                seen["left"] = until(lambda: get(SCRIPTED + "/playing")["left"], left + 1) == left + 1
            found = differences(step, seen, get(SCRIPTED + "/received"))
            if found:
                failed.append(f"{case['name']}, step {number + 1}: expected {'; '.join(found)}, came {str(seen)[:400]}")
        count += 1
    print(f"{client.name}: {count} cases, {len(failed)} failed", *failed, sep="\n  ")
    sys.exit(1 if failed else 0)


main()
