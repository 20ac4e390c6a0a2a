"""Chroma's server: a collection per tenant."""
import os
import sys

import http11
import numpy as np

from .store import Store

API = "/api/v2/tenants/default_tenant/databases/default_database/collections"


class Chroma(Store):
    note = "a collection per tenant, HNSW with its defaults, cosine, HTTP/JSON"
    port = 8490

    def version(self):
        import chromadb

        return chromadb.__version__

    def start(self):
        program = os.path.join(os.path.dirname(sys.executable), "chroma")
        address = ["--host", "127.0.0.1", "--port", str(self.port)]
        self.spawn([program, "run", "--path", self.directory, *address], cwd=self.directory)
        http11.wait_for(self.port, "/api/v2/heartbeat")

    def create(self, workload, rows_per_tenant):
        self.collections = {}
        self.loader = http11.Connection(self.port)

    def collection(self, tenant):
        if tenant not in self.collections:
            wanted = {"name": f"tenant-{tenant}", "get_or_create": True, "configuration": {"hnsw": {"space": "cosine"}}}
            self.collections[tenant] = self.loader.ask(http11.request("POST", API, wanted))["id"]
        return f"{API}/{self.collections[tenant]}"

    def rows(self, tenant, ids, vectors, texts):
        body = {"ids": [str(one) for one in ids], "embeddings": np.ascontiguousarray(vectors), "documents": texts}
        return http11.request("POST", self.collection(tenant) + "/add", body)

    def load(self, tenant, ids, vectors, texts):
        self.loader.ask(self.rows(tenant, ids, vectors, texts))

    def client(self):
        return Client(self)


class Client:
    def __init__(self, store):
        self.store = store
        self.connection = http11.Connection(store.port)

    def prepare(self, tenant, query, text):
        body = {"query_embeddings": [query], "n_results": 10, "include": ["documents", "distances"]}
        return http11.request("POST", self.store.collection(tenant) + "/query", body)

    def ask(self, prepared):
        return [int(one) for one in self.connection.ask(prepared)["ids"][0]]

    def insert(self, tenant, identifier, vector, text):
        self.connection.ask(self.store.rows(tenant, [identifier], [vector], [text]))
