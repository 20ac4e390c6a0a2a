"""sqlite-vec, embedded: one file with a partition per tenant, or a file per tenant."""
import threading
from collections import OrderedDict

from .store import Store

OPEN_MAX = 256


class OneFile(Store):
    is_server = False
    note = "embedded, one file, a partition per tenant, exact scan, WAL, synchronous=FULL"

    def version(self):
        import pysqlite3
        import sqlite_vec

        return f"{sqlite_vec.__version__}, SQLite {pysqlite3.sqlite_version}"

    def path(self, tenant):
        return f"{self.directory}/memory.db"

    def connect(self, tenant=0):
        import pysqlite3
        import sqlite_vec

        connection = pysqlite3.connect(self.path(tenant), check_same_thread=False, isolation_level=None, timeout=60)
        connection.enable_load_extension(True)
        sqlite_vec.load(connection)
        for pragma in ("journal_mode = wal", "synchronous = full"):
            connection.execute(f"pragma {pragma}")
        return connection

    def start(self):
        self.loader = self.connect()

    def create(self, workload, rows_per_tenant):
        chunk = 64 if rows_per_tenant < 1000 else 1024
        self.loader.execute(
            "create virtual table memory using vec0(tenant integer partition key, "
            f"embedding float[384] distance_metric=cosine, +content text, chunk_size={chunk})"
        )

    def load(self, tenant, ids, vectors, texts):
        rows = [(one, tenant, vector.tobytes(), text) for one, vector, text in zip(ids, vectors, texts)]
        self.loader.execute("begin")
        self.loader.executemany("insert into memory (rowid, tenant, embedding, content) values (?, ?, ?, ?)", rows)
        self.loader.execute("commit")

    def stop(self):
        self.loader.close()

    def client(self):
        return OneFileClient(self)


class OneFileClient:
    def __init__(self, store):
        self.connection = store.connect()

    def prepare(self, tenant, query, text):
        return query.tobytes(), tenant

    def ask(self, prepared):
        statement = "select rowid, content, distance from memory where embedding match ? and tenant = ? and k = 10"
        return [row[0] for row in self.connection.execute(statement, prepared)]

    def insert(self, tenant, identifier, vector, text):
        row = (identifier, tenant, vector.tobytes(), text)
        self.connection.execute("insert into memory (rowid, tenant, embedding, content) values (?, ?, ?, ?)", row)


class FilePerTenant(OneFile):
    note = f"embedded, a file per tenant, {OPEN_MAX} open, exact scan, WAL, synchronous=FULL"

    def path(self, tenant):
        return f"{self.directory}/{tenant}.db"

    def start(self):
        self.idle, self.lock = OrderedDict(), threading.Lock()

    def take(self, tenant):
        with self.lock:
            connection = self.idle.pop(tenant, None)
        return connection or self.connect(tenant)

    def give_back(self, tenant, connection):
        with self.lock:
            doomed = [self.idle.pop(tenant, None)]
            self.idle[tenant] = connection
            if len(self.idle) > OPEN_MAX:
                doomed.append(self.idle.popitem(last=False)[1])
        for one in doomed:
            if one is not None:
                one.close()

    def create(self, workload, rows_per_tenant):
        self.chunk = 64 if rows_per_tenant < 1000 else 1024

    def load(self, tenant, ids, vectors, texts):
        connection = self.take(tenant)
        connection.execute(
            "create virtual table if not exists memory using vec0("
            f"embedding float[384] distance_metric=cosine, +content text, chunk_size={self.chunk})"
        )
        rows = [(one, vector.tobytes(), text) for one, vector, text in zip(ids, vectors, texts)]
        connection.execute("begin")
        connection.executemany("insert into memory (rowid, embedding, content) values (?, ?, ?)", rows)
        connection.execute("commit")
        self.give_back(tenant, connection)

    def stop(self):
        for connection in self.idle.values():
            connection.close()
        self.idle.clear()

    def client(self):
        return FilePerTenantClient(self)


class FilePerTenantClient:
    def __init__(self, store):
        self.store = store

    def prepare(self, tenant, query, text):
        return tenant, query.tobytes()

    def ask(self, prepared):
        tenant, query = prepared
        connection = self.store.take(tenant)
        statement = "select rowid, content, distance from memory where embedding match ? and k = 10"
        found = [row[0] for row in connection.execute(statement, (query,))]
        self.store.give_back(tenant, connection)
        return found

    def insert(self, tenant, identifier, vector, text):
        connection = self.store.take(tenant)
        row = (identifier, vector.tobytes(), text)
        connection.execute("insert into memory (rowid, embedding, content) values (?, ?, ?)", row)
        self.store.give_back(tenant, connection)
