"""A server of its own with the demonstration, for browser tests and for pictures of the product."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 90.0


@dataclass(frozen=True)
class Trial:
    """Where the server answers, and who may sign in: key (`isms_manager`, `hellwege.risk_owner`) → sign-in."""

    url: str
    data: Path
    sign_ins: dict[str, dict[str, str]]

    def cli(self, *arguments: str) -> Any:
        """Run a command with --json in the same data directory; it names its organisation, as there are several."""
        command = [sys.executable, "-W", "ignore", "-m", "ringwall.site.cli", *arguments, "--json"]
        done = subprocess.run(command, env=environment(self.data), capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return {**kept, "RINGWALL_DATA": str(data), "PYTHONPATH": str(ROOT / "src"), "RINGWALL_TIME_ZONE": "Europe/Berlin"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


BASE = [sys.executable, "-W", "ignore", "-m", "ringwall.site.cli"]


def load(data: Path, language: str = "en") -> None:
    """Load the demonstration into the directory, where it is not yet."""
    if (data / "demonstration-sign-ins.json").exists():
        return
    command = [*BASE, "demo", "--language", language]
    done = subprocess.run(command, env=environment(data), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr)


@contextmanager
def trial(data: Path, language: str = "en") -> Iterator[Trial]:
    """Load the demonstration into the directory (where it is not yet) and serve it until the block ends."""
    load(data, language)
    sign_ins = {row["key"]: row for row in json.loads((data / "demonstration-sign-ins.json").read_text())}
    port = free_port()
    server = subprocess.Popen([*BASE, "serve", "--port", str(port)], env=environment(data), stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait(f"http://127.0.0.1:{port}/accounts/login/", server)
        yield Trial(f"http://127.0.0.1:{port}", data, sign_ins)
    finally:
        server.terminate()
        server.wait(30)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not answer in time")
