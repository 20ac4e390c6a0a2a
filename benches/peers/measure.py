"""What a store costs: processor time, memory, bytes on disk, syncs, and how long callers wait."""
import os
import re
import signal
import subprocess
import tempfile
import time

import numpy as np
import psutil


def family(pid):
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def cpu_seconds(processes):
    """User and system time, with children that have ended (PostgreSQL has one process per client)."""
    total = 0.0
    for position, process in enumerate(processes):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
        if position == 0 and process.pid != os.getpid():
            total += times.children_user + times.children_system
    return total


def memory_bytes(processes):
    """Proportional set size: shared memory is counted once."""
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process.pid}/smaps_rollup") as lines:
                total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
        except OSError:
            pass
    return total


def files(directory):
    for root, _, names in os.walk(directory):
        for name in names:
            yield os.path.join(root, name)


def disk_bytes(directory):
    total = 0
    for path in files(directory):
        try:
            total += os.lstat(path).st_blocks * 512
        except OSError:
            pass
    return total


def drop_page_cache(directory):
    os.sync()
    for path in files(directory):
        try:
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
        except OSError:
            pass


def syncs(pids, work):
    """Runs `work` under strace and counts the calls that wait for the disk."""
    with tempfile.NamedTemporaryFile("r") as said:
        command = ["strace", "-f", "-c", "-U", "calls,name", "-e", "trace=fsync,fdatasync,msync,sync_file_range", "-o", said.name]
        for pid in pids:
            command += ["-p", str(pid)]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for _ in pids:
            tracer.stderr.readline()
        work()
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        rows = re.findall(r"^\s*(\d+)\s+(fsync|fdatasync|msync|sync_file_range)\s*$", said.read(), re.M)
    return {name: int(count) for count, name in rows}


def milliseconds(seconds):
    return round(seconds * 1e3, 3)


def percentiles(latencies):
    latencies = np.asarray(latencies)
    return {
        "p50_ms": milliseconds(float(np.percentile(latencies, 50))),
        "p99_ms": milliseconds(float(np.percentile(latencies, 99))),
    }


def busy_ms():
    """A fixed piece of work: how fast is the machine just now?"""
    matrix, vector = np.ones((4000, 384), "f4"), np.ones(384, "f4")
    start = time.perf_counter()
    for _ in range(100):
        matrix @ vector
    return milliseconds(time.perf_counter() - start)
