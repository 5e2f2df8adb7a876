"""From nothing to an installation, and from the start of the process to the first page."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from ringwall.site.bench.figures import Figure, not_run, timed
from ringwall.site.bench.run import Bench
from ringwall.site.bench.server import serving


def measure(bench: Bench) -> Iterator[Figure]:
    taken = []
    for _ in range(3):
        with serving(1) as server:
            taken.append(server.start_seconds)
    yield timed("start", "process start to first page", "s", 1.5, taken)
    if bench.backend != "sqlite":
        yield not_run("start", "init of an empty directory", "s", 6, "measured on SQLite")
        return
    taken = []
    for _ in range(2):
        with tempfile.TemporaryDirectory(prefix="ringwall-bench-") as place:
            began = time.perf_counter()
            command = [sys.executable, "-m", "ringwall.site.cli", "init", "--json"]
            done = subprocess.run(command, env=os.environ | {"RINGWALL_DATA": place}, capture_output=True, text=True)  # noqa: S603
            if done.returncode:
                yield not_run("start", "init of an empty directory", "s", 6, done.stderr.strip()[-300:])
                return
            taken.append(time.perf_counter() - began)
    yield timed("start", "init of an empty directory", "s", 6, taken)
