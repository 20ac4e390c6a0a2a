"""The workloads. Each gives one row of figures for one store."""
import itertools
import multiprocessing
import queue
import threading
import time

import data
import measure
import numpy as np

COUNT = 10
CHUNK = 1000


def plan(tenants, rows, number, seed):
    """Random tenants with queries and the words of one of the tenant's own texts."""
    rng = np.random.default_rng(seed)
    vectors = data.queries()
    for position, tenant in enumerate(rng.integers(0, tenants, number)):
        row = int(tenant) * rows + int(rng.integers(0, rows))
        yield int(tenant), vectors[position % len(vectors)], data.texts(row, row + 1)[0]


def load(store, tenants, rows, seconds_max):
    """Fills tenant after tenant until the time is over; gives what was loaded and what it cost."""
    start, before = time.perf_counter(), measure.cpu_seconds(store.processes())
    loaded_tenants, loaded_rows, making = 0, 0, 0.0
    for tenant in range(tenants):
        first = tenant * rows
        for begin in range(first, first + rows, CHUNK):
            end = min(begin + CHUNK, first + rows)
            ready = time.perf_counter()
            vectors, texts = data.vectors(begin, end), data.texts(begin, end)
            making += time.perf_counter() - ready
            store.load(tenant, list(range(begin, end)), vectors, texts)
            loaded_rows += end - begin
            if tenants == 1 and time.perf_counter() - start - making > seconds_max:
                break
        loaded_tenants += 1
        if time.perf_counter() - start - making > seconds_max:
            break
    filled = time.perf_counter() - start - making
    store.finish()
    whole = time.perf_counter() - start - making
    rows = loaded_rows // loaded_tenants
    spent = measure.cpu_seconds(store.processes()) - before
    return loaded_tenants, rows, {
        "tenants": loaded_tenants,
        "rows": loaded_rows,
        "rows_per_s": round(loaded_rows / filled),
        "rows_per_s_with_index": round(loaded_rows / whole),
        "load_cpu_us_per_row": round(spent / loaded_rows * 1e6),
        "disk_bytes_per_row": round(store.disk() / loaded_rows),
    }


def exact(asked, rows):
    """The true answers, read block by block."""
    answers = []
    for tenant, vector, _ in asked:
        first = tenant * rows
        answers.append(data.nearest(data.vectors(first, first + rows), first, vector, COUNT))
    return answers


def exact_large(asked, rows):
    """The true answers in one large tenant, in one pass over the table."""
    vectors = np.stack([vector for _, vector, _ in asked])
    scores, found = np.full((len(asked), COUNT), -2.0), np.zeros((len(asked), COUNT), int)
    for begin in range(0, rows, data.BLOCK):
        end = min(begin + data.BLOCK, rows)
        block = vectors @ data.vectors(begin, end).T
        best = np.argpartition(-block, COUNT, axis=1)[:, :COUNT]
        scores = np.hstack([scores, np.take_along_axis(block, best, 1)])
        found = np.hstack([found, best + begin])
        keep = np.argpartition(-scores, COUNT - 1, axis=1)[:, :COUNT]
        scores, found = np.take_along_axis(scores, keep, 1), np.take_along_axis(found, keep, 1)
    return [set(map(int, row)) for row in found]


def ask(store, tenants, rows, number, seconds):
    """One caller after the other, with recall; then eight at once."""
    asked = list(plan(tenants, rows, number, 1))
    client = store.client()
    prepared = [client.prepare(*one) for one in asked]
    answers = [set(client.ask(one)) for one in prepared]
    before, latencies = measure.cpu_seconds(store.processes()), []
    until = time.perf_counter() + seconds
    for one in itertools.cycle(prepared):
        begin = time.perf_counter()
        client.ask(one)
        latencies.append(time.perf_counter() - begin)
        if time.perf_counter() > until:
            break
    spent = measure.cpu_seconds(store.processes()) - before
    alone = {**measure.percentiles(latencies), "cpu_us": round(spent / len(latencies) * 1e6)}

    def work(client, worker):
        mine = itertools.cycle([client.prepare(*one) for one in plan(tenants, rows, 300, 100 + worker)])
        return lambda number: client.ask(next(mine))

    together = concurrently(store, 8, seconds, work)
    figures = {"c1": alone, "c8": together}
    if store.is_judged:
        truth = exact_large(asked, rows) if tenants == 1 else exact(asked, rows)
        hits = [len(right & found) / COUNT for right, found in zip(truth, answers)]
        figures["recall"] = round(float(np.mean(hits)), 4)
    return figures


def insert(store, tenants, seconds):
    """Single durable inserts: one caller, its syncs counted, then sixteen."""
    client, numbers = store.client(), itertools.count(10**9)
    vectors = data.queries()

    def one(client, number):
        text = f"{data.phrases()[number % 1000]} {number}"
        client.insert(number % tenants, number, vectors[number % len(vectors)], text)

    for _ in range(20):
        one(client, next(numbers))
    latencies, until = [], time.perf_counter() + seconds
    while time.perf_counter() < until:
        begin = time.perf_counter()
        one(client, next(numbers))
        latencies.append(time.perf_counter() - begin)
    traced = 200
    pids = [process.pid for process in store.processes()]
    counted = measure.syncs(pids, lambda: [one(client, next(numbers)) for _ in range(traced)])

    def work(client, worker):
        mine = itertools.count(2 * 10**9 + worker * 10**7)
        return lambda number: one(client, next(mine))

    together = concurrently(store, 16, seconds, work)
    syncs = {name: round(count / traced, 2) for name, count in counted.items()}
    syncs["all"] = round(sum(counted.values()) / traced, 2)
    return {"c1": measure.percentiles(latencies), "c16": together, "syncs_per_insert": syncs}


def cold(store, tenants, rows):
    """Restarts it with its files dropped from the page cache; each question goes to another tenant."""
    store.stop()
    measure.drop_page_cache(store.directory)
    begin = time.perf_counter()
    store.start()
    started = time.perf_counter() - begin
    client, latencies, spent = store.client(), [], []
    wanted = np.random.default_rng(9).permutation(tenants)[:60]
    for tenant in wanted:
        first = int(tenant) * rows
        prepared = client.prepare(int(tenant), data.queries()[int(tenant) % 2000], data.texts(first, first + 1)[0])
        before, begin = measure.cpu_seconds(store.processes()), time.perf_counter()
        client.ask(prepared)
        latencies.append(time.perf_counter() - begin)
        spent.append(measure.cpu_seconds(store.processes()) - before)
    cpu = round(sum(spent) / len(spent) * 1e3, 2)
    return {"start_s": round(started, 3), "first_ms": measure.milliseconds(latencies[0]), "cpu_ms": cpu, **measure.percentiles(latencies[1:])}


def concurrently(store, callers, seconds, work):
    """Callers are processes beside a server, threads inside an embedded store."""
    if store.is_server:
        context = multiprocessing.get_context("fork")
        barrier, results, maker = context.Barrier(callers + 1), context.Queue(), context.Process
    else:
        barrier, results, maker = threading.Barrier(callers + 1), queue.Queue(), threading.Thread

    def loop(worker):
        step = work(store.client(), worker)
        barrier.wait()
        begin, latencies = time.perf_counter(), []
        while time.perf_counter() - begin < seconds:
            started = time.perf_counter()
            step(len(latencies))
            latencies.append(time.perf_counter() - started)
        results.put((time.perf_counter() - begin, latencies, time.process_time() if store.is_server else 0.0))

    workers = [maker(target=loop, args=(worker,), daemon=True) for worker in range(callers)]
    for one in workers:
        one.start()
    barrier.wait()
    before = measure.cpu_seconds(store.processes())
    said = [results.get() for _ in workers]
    spent = measure.cpu_seconds(store.processes()) - before
    for one in workers:
        one.join()
    latencies = np.concatenate([one[1] for one in said])
    return {
        "per_s": round(sum(len(one[1]) / one[0] for one in said), 1),
        **measure.percentiles(latencies),
        "cpu_us": round(spent / len(latencies) * 1e6),
    }
