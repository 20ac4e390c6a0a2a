"""LanceDB, embedded: a table per tenant, exact scan; one large tenant: its default index."""
import numpy as np

from .store import Store


class Lance(Store):
    is_server = False
    note = "embedded, a table per tenant, warm handles, exact scan (one large tenant: IVF_PQ, refine 10); acknowledges without a sync"

    def version(self):
        import lancedb

        return lancedb.__version__

    def start(self):
        import lancedb

        self.database = lancedb.connect(self.directory)
        self.tables = {}

    def create(self, workload, rows_per_tenant):
        self.is_large = workload == "large"

    def rows(self, ids, vectors, texts):
        import pyarrow

        flat = pyarrow.array(np.ascontiguousarray(vectors).ravel())
        columns = {
            "id": pyarrow.array(np.asarray(ids, "i8")),
            "text": texts,
            "vector": pyarrow.FixedSizeListArray.from_arrays(flat, 384),
        }
        return pyarrow.table(columns)

    def table(self, tenant):
        if tenant not in self.tables:
            self.tables[tenant] = self.database.open_table(f"tenant{tenant}")
        return self.tables[tenant]

    def load(self, tenant, ids, vectors, texts):
        rows = self.rows(ids, vectors, texts)
        if tenant in self.tables:
            self.tables[tenant].add(rows)
        else:
            self.tables[tenant] = self.database.create_table(f"tenant{tenant}", data=rows)

    def finish(self):
        if self.is_large:
            self.tables[0].create_index(metric="dot", index_type="IVF_PQ")

    def stop(self):
        self.database, self.tables = None, {}

    def client(self):
        return Client(self)


class Client:
    def __init__(self, store):
        self.store = store

    def prepare(self, tenant, query, text):
        return tenant, query

    def ask(self, prepared):
        tenant, query = prepared
        search = self.store.table(tenant).search(query).distance_type("dot").limit(10).select(["id", "text", "_distance"])
        if self.store.is_large:
            search = search.refine_factor(10)
        return search.to_arrow()["id"].to_pylist()

    def insert(self, tenant, identifier, vector, text):
        self.store.table(tenant).add(self.store.rows([identifier], [vector], [text]))
