"""What every adapter gives: start and stop, a place for rows of a tenant, and clients that ask and insert."""
import os
import shutil
import signal
import subprocess

import psutil

import measure


class Store:
    # Whether it is a process of its own; an embedded store shares ours, and its CPU is the caller's too.
    is_server = True
    # Whether its answers are held against the vectors that were given.
    is_judged = True
    # How tenants are kept apart, and how durable an insert is.
    note = ""

    def __init__(self, directory):
        self.directory = directory
        self.process = None
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)

    def version(self):
        raise NotImplementedError

    def start(self):
        """Starts it over its directory, whatever is in there, and returns when it answers."""
        raise NotImplementedError

    def create(self, workload, rows_per_tenant):
        """Makes tables, collections or tenants for a workload."""

    def load(self, tenant, ids, vectors, texts):
        raise NotImplementedError

    def finish(self):
        """Waits until indexes are built."""

    def client(self):
        """Gives `prepare(tenant, query)`, `ask(prepared) -> ids` and `insert(tenant, id, vector, text)`."""
        raise NotImplementedError

    def spawn(self, command, **options):
        log = open(self.directory + ".log", "ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, **options)

    def processes(self):
        return measure.family(self.process.pid) if self.process else [psutil.Process()]

    def disk(self):
        return measure.disk_bytes(self.directory)

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
