"""Anchorhold: one sealed namespace per user, over HTTP, with a real key; vectors given by the caller, or texts."""
import json
import os
import subprocess

import http11
from data import DIMENSION

from .store import Store

BATCH = 100


class Anchorhold(Store):
    note = "a sealed namespace (own file, key and index) per user, HTTP/JSON, fsync before the answer, audit log on"
    port, operator_port = 3390, 3391
    embedding = {"kind": "caller", "dimension": DIMENSION}

    def __init__(self, directory):
        super().__init__(directory)
        self.binary = os.environ.get("ANCHORHOLD", "target/release/anchorhold")
        self.data = os.path.join(directory, "data")
        self.environment = dict(os.environ, ANCHORHOLD_KEK_FILE=directory + ".kek")
        if os.path.exists(directory + ".kek"):
            os.remove(directory + ".kek")
        self.key = None

    def version(self):
        return subprocess.check_output([self.binary, "--version"], text=True).split()[-1]

    def start(self):
        if not os.path.exists(self.data):
            said = subprocess.check_output([self.binary, "init", "--data", self.data, "--json"], env=self.environment)
            self.operator_key = json.loads(said)["operator_key"]
        addresses = ["--listen", f"127.0.0.1:{self.port}", "--operator-listen", f"127.0.0.1:{self.operator_port}"]
        self.spawn([self.binary, "serve", "--data", self.data, "--log", "error", *addresses], env=self.environment)
        http11.wait_for(self.port, "/readyz")

    def create(self, workload, rows_per_tenant):
        operator = http11.Connection(self.operator_port)
        headers = [("authorization", f"Bearer {self.operator_key}")]
        tenant = {"name": "bench", "embedding": self.embedding}
        operator.ask(http11.request("POST", "/v1/tenants", tenant, headers))
        key = {"name": "bench", "act_as": True}
        self.key = operator.ask(http11.request("POST", "/v1/tenants/bench/keys", key, headers))["key"]
        operator.close()
        self.loader = http11.Connection(self.port)

    def headers(self, tenant):
        return [("authorization", f"Bearer {self.key}"), ("x-anchorhold-user", f"user-{tenant}")]

    def memory(self, identifier, vector, text):
        return {"content": text, "vector": vector, "id": f"00000000-0000-7000-8000-{identifier:012x}"}

    def query(self, vector, text):
        # A word that no text has: the ranking is that of the vectors alone, as with the others.
        return {"query": "zq", "vector": vector}

    def load(self, tenant, ids, vectors, texts):
        memories = [self.memory(*row) for row in zip(ids, vectors, texts)]
        for start in range(0, len(memories), BATCH):
            body = {"memories": memories[start : start + BATCH]}
            reply = self.loader.ask(http11.request("POST", "/v1/memories/batch", body, self.headers(tenant)))
            refused = [result for result in reply["results"] if result["status"] != 201]
            if refused:
                raise RuntimeError(f"refused: {refused[0]}")

    def client(self):
        return Client(self)


class AnchorholdText(Anchorhold):
    note = "as anchorhold, but it is given texts and embeds them and the questions itself (MiniLM, int8)"
    port, operator_port = 3392, 3393
    is_judged = False  # What is nearest by its own vectors is another matter.
    embedding = {"kind": "builtin"}

    def memory(self, identifier, vector, text):
        return {"content": text, "id": f"00000000-0000-7000-8000-{identifier:012x}"}

    def query(self, vector, text):
        return {"query": text}


class Client:
    def __init__(self, store):
        self.store = store
        self.connection = http11.Connection(store.port)

    def prepare(self, tenant, query, text):
        return http11.request("POST", "/v1/recall", self.store.query(query, text), self.store.headers(tenant))

    def ask(self, prepared):
        results = self.connection.ask(prepared)["results"]
        return [int(result["memory"]["id"][-12:], 16) for result in results]

    def insert(self, tenant, identifier, vector, text):
        body = self.store.memory(identifier, vector, text)
        self.connection.ask(http11.request("POST", "/v1/memories", body, self.store.headers(tenant)))
