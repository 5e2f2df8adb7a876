"""The web server as a process of its own, started without loading Django where nothing has to be prepared for it."""

import argparse
import errno
import hashlib
import ipaddress
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from ringwall.site import settings

SIGN_INS = "demonstration-sign-ins.json"
PREPARED = "prepared"


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_free(host: str, port: int) -> bool:
    """Whether a server may listen there; a host that is unknown counts as free, for the server says why it is not."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.errno not in {errno.EADDRINUSE, errno.EACCES}
    return True


def start(host: str, port: int, workers: int) -> "subprocess.Popen[bytes]":
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        "2",
        "--no-access-log",
        "--log-level",
        "warning",
        "--respawn-failed-workers",
        "ringwall.site.wsgi:application",
    ]
    return subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": "ringwall.site.settings"})  # noqa: S603


def start_early(arguments: Sequence[str]) -> "subprocess.Popen[bytes] | None":
    """The server for `run` or `serve`, where the data are ready for this very code; None for all else.

    Loading Django takes most of the time to the first page, so the server begins with it at once; whoever called goes
    on to check the database and to look after the server.
    """
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("command")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    try:
        given, rest = parser.parse_known_args(arguments)
    except (argparse.ArgumentError, SystemExit):
        return None
    if given.command not in {"run", "serve"} or rest or not is_loopback(given.host) or not are_tables_current():
        return None
    return start(given.host, given.port, given.workers) if is_free(given.host, given.port) else None


def are_tables_current() -> bool:
    """Whether the database had all tables of this version when it was last looked at."""
    try:
        return (settings.RINGWALL_DATA / PREPARED).read_text() == _version_of_tables()
    except OSError:
        return False


def remember_prepared() -> None:
    (settings.RINGWALL_DATA / PREPARED).write_text(_version_of_tables())


def _version_of_tables() -> str:
    """The names of all migrations, our own and of packages by their version, and the database they were made in."""
    package = Path(__file__).resolve().parents[1]
    names = sorted(str(path.relative_to(package)) for path in package.glob("**/migrations/0*.py"))
    packages = [f"{name} {version(name)}" for name in ("django", "django-allauth", "django-tasks-db")]
    text = "\n".join([*names, *packages, os.environ.get("DATABASE_URL", "")])
    return hashlib.sha256(text.encode()).hexdigest()
