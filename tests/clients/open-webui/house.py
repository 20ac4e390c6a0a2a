"""The processes of a run, each ended with it, and what is asked of them over HTTP."""

import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import jwt

# How long anything may take: a start with its migrations, and a small model on two slow cores.
SECONDS_MAX = 180


class Unmet(Exception):
    """Something that was waited for did not come."""


def until(what, look):
    """Looks until there is something to see; that."""
    end = time.monotonic() + SECONDS_MAX
    while not (seen := look()):
        if time.monotonic() > end:
            raise Unmet(f"waited {SECONDS_MAX} seconds for {what}")
        time.sleep(0.05)
    return seen


def ask(url, body=None, headers=None):
    """A request in JSON; its answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})})
    with urllib.request.urlopen(request, timeout=SECONDS_MAX) as reply:
        return json.load(reply)


class Processes:
    """Everything that was started, which ends with the `with` that holds it, however that ends."""

    def __init__(self, directory):
        self.directory, self.children = pathlib.Path(directory), []

    def __enter__(self):
        for one in [signal.SIGTERM, signal.SIGHUP]:
            signal.signal(one, lambda number, _: sys.exit(128 + number))
        return self

    def __exit__(self, *_):
        for child in reversed(self.children):
            self.end(child)

    def start(self, name, command, environment=None):
        """Starts a process in a session of its own; what it says goes into files."""
        (home := self.directory / name).mkdir(parents=True, exist_ok=True)
        with open(home / "stdout", "wb") as stdout, open(home / "stderr", "wb") as stderr:
            child = subprocess.Popen([str(word) for word in command], cwd=home, stdin=subprocess.DEVNULL,
                stdout=stdout, stderr=stderr, env={**os.environ, **(environment or {})}, start_new_session=True)
        child.home = home
        self.children.append(child)
        return child

    def said(self, child, stream, look):
        """The first line of what a process says that `look` makes something of."""
        def lines():
            if child.poll() is not None:
                raise Unmet(f"{child.args[0]} ended: {(child.home / 'stderr').read_text()[-2000:]}")
            return next(filter(None, map(look, (child.home / stream).read_text("utf-8").splitlines())), None)
        return until(f"a line of {child.home.name}", lines)

    def end(self, child):
        """Ends a process and what it started."""
        for one in [signal.SIGTERM, signal.SIGKILL]:
            try:
                os.killpg(child.pid, one)
                child.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        child.wait()


class Model:
    """The model server and its journal."""

    def __init__(self, processes):
        self.journal = processes.directory / "journal.jsonl"
        self.journal.touch()
        child = processes.start("model", [sys.executable, pathlib.Path(__file__).with_name("model.py"), self.journal])
        self.url = processes.said(child, "stdout", lambda line: line) + "/v1"
        self.name = ask(self.url + "/models")["data"][0]["id"]

    def lines(self):
        return [json.loads(line) for line in self.journal.read_text("utf-8").splitlines()]

    def requests(self, after=0):
        """The requests behind a number, each with its answer once there is one."""
        lines = self.lines()
        answers = {line["answered"]: line["text"] for line in lines if "answered" in line}
        return [{**line, "text": answers.get(line["received"])} for line in lines if line.get("received", 0) > after]


class Anchorhold:
    """The server before the model, with a tenant for each way in which Open WebUI names its users."""

    def __init__(self, processes, program, model):
        self.program, self.home = program, (home := processes.directory / "anchorhold")
        child = processes.start("anchorhold", [program, "serve", "--data", home / "data", "--kek-file", home / "kek",
            "--listen", "127.0.0.1:0", "--operator-listen", "127.0.0.1:0", "--print-operator-key",
            "--upstream", model.url])
        ready = processes.said(child, "stderr", lambda line: '"event":"ready"' in line and json.loads(line))
        operator = processes.said(child, "stdout", lambda line: line.startswith("operator key") and line.split()[-1])
        self.url = f"http://{ready['listen']}"
        self.environment = {**os.environ, "ANCHORHOLD_OPERATOR_KEY": operator,
            "ANCHORHOLD_OPERATOR_URL": f"http://{ready['operator_listen']}"}

    def run(self, *arguments):
        done = subprocess.run([self.program, "--json", *arguments], env=self.environment, check=True,
            stdout=subprocess.PIPE, timeout=SECONDS_MAX)
        return json.loads(done.stdout)

    def memories(self, tenant, user):
        """What is remembered of a user: who said it, and what."""
        headers = {"authorization": f"Bearer {tenant.key}", **tenant.names(user)}
        return [(one["speaker"], one["content"]) for one in ask(self.url + "/v1/memories", headers=headers)["memories"]]


class Plain:
    """A tenant that takes the plain headers of Open WebUI."""

    name = "plain"

    def __init__(self, anchorhold):
        anchorhold.run("tenant", "create", self.name)
        self.key = anchorhold.run("key", "create", "open-webui", "--tenant", self.name, "--act-as")["key"]
        self.environment = {}

    def names(self, user):
        return {"x-openwebui-user-id": user}


class Signed:
    """A tenant that shares a secret with Open WebUI and takes signed users alone."""

    name = "signed"

    def __init__(self, anchorhold):
        self.secret, file = secrets.token_hex(32), anchorhold.home / "open-webui.secret"
        file.write_text(self.secret)
        anchorhold.run("tenant", "create", self.name)
        anchorhold.run("identity", "set", "--tenant", self.name, "--open-webui-secret-file", str(file))
        anchorhold.run("tenant", "update", self.name, "--trust-mode", "strict")
        self.key = anchorhold.run("key", "create", "open-webui", "--tenant", self.name)["key"]
        # Here Open WebUI says in a header, too, what is a task of its own.
        self.environment = {"FORWARD_USER_INFO_HEADER_JWT_SECRET": self.secret,
            "FORWARD_USER_INFO_HEADER_JWT_EXPIRES_SECONDS": "120",
            "OPENAI_API_CONFIGS": json.dumps({"0": {"headers": {"X-Task": "{{TASK}}"}}})}

    def names(self, user):
        now = int(time.time())
        claims = {"sub": user, "iss": "open-webui", "iat": now, "exp": now + 60}
        return {"x-openwebui-user-jwt": jwt.encode(claims, self.secret, algorithm="HS256")}


class OpenWebui:
    """Open WebUI with an empty data directory, behind which stands Anchorhold alone."""

    def __init__(self, processes, anchorhold, tenant):
        home = processes.directory / f"open-webui-{tenant.name}"
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.child = processes.start(home.name,
            [pathlib.Path(sys.executable).with_name("open-webui"), "serve", "--host", "127.0.0.1", "--port", port],
            {"DATA_DIR": str(home / "data"), "WEBUI_SECRET_KEY": secrets.token_hex(32),
             "OPENAI_API_BASE_URL": anchorhold.url + "/v1", "OPENAI_API_KEY": tenant.key,
             "ENABLE_FORWARD_USER_INFO_HEADERS": "true", **tenant.environment,
             # Users may use every model, not the administrator alone.
             "BYPASS_MODEL_ACCESS_CONTROL": "true",
             # Nothing is fetched: no models of its own, no versions, no other server.
             "OFFLINE_MODE": "true", "RAG_EMBEDDING_ENGINE": "openai", "ENABLE_OLLAMA_API": "false",
             # A file stands in the prompt as a whole.
             "BYPASS_EMBEDDING_AND_RETRIEVAL": "true",
             "ANONYMIZED_TELEMETRY": "false", "CORS_ALLOW_ORIGIN": self.url})
        until("Open WebUI", self.is_ready)

    def is_ready(self):
        if self.child.poll() is not None:
            raise Unmet(f"Open WebUI ended: {(self.child.home / 'stderr').read_text()[-2000:]}")
        try:
            return ask(self.url + "/health")["status"]
        except (urllib.error.URLError, ConnectionError):
            return False

    def people(self, first, *others):
        """Accounts: the first is the administrator, who makes the others."""
        admin = self.account("signup", first)
        bearer = {"authorization": f"Bearer {admin['token']}"}
        return [admin, *(self.account("add", name, bearer) for name in others)]

    def account(self, verb, name, headers=None):
        account = {"name": name, "email": f"{name.lower()}@example.org", "password": secrets.token_urlsafe(16),
            "role": "user"}
        return {**account, **ask(f"{self.url}/api/v1/auths/{verb}", account, headers)}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
