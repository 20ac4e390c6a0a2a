#!/usr/bin/env python3
"""Runs stores side by side on the same rows and prints one table: `python run.py [STORE ...]`."""
import argparse
import concurrent.futures
import json
import multiprocessing
import os
import platform
import sys
import tempfile

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import measure
import stores
import workloads

SHAPES = {  # workload: tenants, rows per tenant
    "small": (1000, 1000),
    "large": (1, 300_000),
    "tiny": (20_000, 50),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", nargs="*", default=list(stores.ALL))
    parser.add_argument("--workloads", default="small,large,tiny")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the tenants and rows (0.05 is a quick look)")
    parser.add_argument("--load-seconds", type=float, default=60, help="longest load of one workload; fewer tenants are loaded then")
    parser.add_argument("--seconds", type=float, default=4, help="length of each timed part")
    parser.add_argument("--queries", type=int, default=300, help="questions whose recall is judged")
    parser.add_argument("--directory", default=None, help="where the stores keep their files")
    parser.add_argument("--output", default=None, help="the figures as JSON")
    return parser.parse_args()


def run_alone(*arguments):
    """In a process of its own: what one store leaves in memory is not counted for the next."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as alone:
        return alone.submit(run, *arguments).result()


def shape(workload, scale):
    tenants, rows = SHAPES[workload]
    if workload == "large":
        return 1, max(1000, int(rows * scale))
    return max(4, int(tenants * scale)), rows


def run(name, workload, options, directory):
    tenants, rows = shape(workload, options.scale)
    store = stores.ALL[name](os.path.join(directory, f"{name}-{workload}"))
    row = {"store": name, "workload": workload, "note": store.note, "busy_ms": measure.busy_ms(), "load_average": os.getloadavg()[0]}
    # What this process holds without any store: an embedded one is measured on top of it.
    workloads.data.vectors(0, 4 * workloads.data.BLOCK)
    before = 0 if store.is_server else measure.memory_bytes(store.processes())
    try:
        store.start()
        store.create(workload, rows)
        row["version"] = store.version()
        tenants, rows, row["load"] = workloads.load(store, tenants, rows, options.load_seconds)
        row["ask"] = workloads.ask(store, tenants, rows, options.queries, options.seconds)
        row["load"]["pss_mib_after"] = round((measure.memory_bytes(store.processes()) - before) / 2**20, 1)
        if workload == "small":
            row["insert"] = workloads.insert(store, tenants, options.seconds)
            row["cold"] = workloads.cold(store, tenants, rows)
    finally:
        store.stop()
    return row


COLUMNS = [
    ("store", lambda row: row["store"]),
    ("workload", lambda row: row["workload"]),
    ("tenants x rows", lambda row: f"{row['load']['tenants']} x {row['load']['rows'] // row['load']['tenants']}"),
    ("recall", lambda row: row["ask"]["recall"]),
    ("CPU us/query c1", lambda row: row["ask"]["c1"]["cpu_us"]),
    ("CPU us/query c8", lambda row: row["ask"]["c8"]["cpu_us"]),
    ("c1 p50 / p99 ms", lambda row: f"{row['ask']['c1']['p50_ms']} / {row['ask']['c1']['p99_ms']}"),
    ("c8 queries/s", lambda row: row["ask"]["c8"]["per_s"]),
    ("c8 p99 ms", lambda row: row["ask"]["c8"]["p99_ms"]),
    ("bytes/row", lambda row: row["load"]["disk_bytes_per_row"]),
    ("PSS MiB", lambda row: row["load"]["pss_mib_after"]),
    ("load rows/s", lambda row: row["load"]["rows_per_s_with_index"]),
    ("insert c1 p50 ms", lambda row: row["insert"]["c1"]["p50_ms"]),
    ("inserts/s c16", lambda row: row["insert"]["c16"]["per_s"]),
    ("syncs/insert", lambda row: row["insert"]["syncs_per_insert"]["all"]),
    ("start s", lambda row: row["cold"]["start_s"]),
    ("cold p50 ms", lambda row: row["cold"]["p50_ms"]),
    ("cold CPU ms", lambda row: row["cold"]["cpu_ms"]),
]


def table(rows):
    lines = ["| " + " | ".join(name for name, _ in COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    for row in rows:
        cells = []
        for _, cell in COLUMNS:
            try:
                cells.append(str(cell(row)))
            except KeyError:
                cells.append("")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine():
    with open("/proc/cpuinfo") as lines:
        processor = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return {"processor": processor, "cores": os.cpu_count(), "system": platform.platform()}


def main():
    options = arguments()
    rows = []
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        os.chmod(directory, 0o755)  # PostgreSQL runs as another user below it.
        for workload in options.workloads.split(","):
            for name in options.stores:
                print(f"{name}: {workload}", file=sys.stderr, flush=True)
                try:
                    rows.append(run_alone(name, workload, options, directory))
                except Exception as error:  # One store that fails must not cost the others' figures.
                    print(f"{name}: {workload}: {error!r}", file=sys.stderr, flush=True)
                    rows.append({"store": name, "workload": workload, "error": repr(error)})
                if options.output:
                    with open(options.output, "w") as output:
                        kept = {name: getattr(options, name) for name in ("scale", "load_seconds", "seconds", "queries")}
                        json.dump({"machine": machine(), "arguments": kept, "rows": rows}, output, indent=1)
    print(table(rows))
    sys.exit(1 if any("error" in row for row in rows) else 0)


if __name__ == "__main__":
    main()
