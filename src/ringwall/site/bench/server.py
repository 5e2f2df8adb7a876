"""The real web server as a child process, started as `ringwall serve` starts it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    process: "subprocess.Popen[bytes]"
    start_seconds: float
    """From the start of the process to the end of the first page."""

    def workers(self) -> list[int]:
        """Process ids of the web workers: what the web server, a child of `serve`, has started."""
        webs = [pid for pid in _children(self.process.pid) if "granian" in _command(pid)]
        return sorted(pid for web in webs for pid in _children(web) if "resource_tracker" not in _command(pid))

    def computing(self) -> float:
        """Seconds of computing that all workers have taken since they were started; 0 where the system does not
        tell.
        """
        found = 0
        for pid in self.workers():
            for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with suppress(OSError):
                    found += int(path.read_text().split()[0])
        return found / 1e9

    def memory(self) -> list[dict[str, float]]:
        """MB of each worker: resident, and of that what is its own (not mapped from files)."""
        return [
            {"resident": _memory(pid)["VmRSS"] / 1024, "own": _memory(pid)["RssAnon"] / 1024} for pid in self.workers()
        ]


class NotStarted(Exception):
    """The server ended or stayed silent."""


@contextmanager
def serving(workers: int) -> Iterator[Server]:
    """A server with so many workers on a free port; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "ringwall.site.cli",
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    began = time.perf_counter()
    # A session of its own, so that whatever it started can be ended with it.
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    try:
        _await(process, port)
        yield Server(port, process, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotStarted(f"the server ended with code {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
            connection.request("GET", "/accounts/login/")
            if connection.getresponse().read() and connection:
                connection.close()
                return
        except OSError:
            time.sleep(0.01)
    raise NotStarted(f"no page within {seconds} s")


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[1]) == parent:
            found.append(int(path.parent.name))
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _memory(pid: int) -> dict[str, int]:
    """kB by name, as Linux tells it; empty elsewhere."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return {}
    return {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}
