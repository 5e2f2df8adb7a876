"""A private PostgreSQL for the length of a command: `python bin/postgres.py COMMAND…` runs it with DATABASE_URL set.

The cluster lies in a temporary directory, listens on a free loopback port with a random password, forgets about
durability (nothing in it is worth keeping), and ends with the command.
"""

# ruff: noqa: S603 - every command is written in this file, or is the caller's own

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST = 15
PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
OWNER = "postgres"
"""The server refuses to run as root; then this user, whom every package of PostgreSQL makes, owns the cluster."""

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "lc_messages": "C",
}
START_SECONDS = 60


class Missing(Exception):
    """There is no PostgreSQL that can be used; the text says what to install."""


def programs() -> Path:
    """The directory of the newest installed server programs."""
    found = [path for pattern in PLACES for path in Path("/").glob(pattern)]
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    usable = {_version(path): path for path in found if (path / "initdb").exists()}
    newest = max(usable, default=0)
    if newest < OLDEST:
        raise Missing(f"no PostgreSQL {OLDEST} or newer (Debian, Ubuntu: apt install postgresql)")
    return usable[newest]


@contextmanager
def cluster() -> Iterator[str]:
    """The address (DATABASE_URL) of a fresh database. Raises Missing."""
    binaries = programs()
    owner = _owner()
    with tempfile.TemporaryDirectory(prefix="ringwall-postgres-") as name:
        place = Path(name)
        password = secrets.token_urlsafe(16)
        secret = place / "password"
        secret.write_text(password)
        if owner:
            for path in (place, secret):
                shutil.chown(path, owner)
        _initialise(binaries, place, secret, owner)
        port = _free_port()
        server = _start(binaries, place, port, owner)
        try:
            _await(binaries, server, place, port)
            address = f"postgresql://postgres:{password}@127.0.0.1:{port}"
            command: list[str | Path] = [binaries / "psql", "-qc", "CREATE DATABASE ringwall", f"{address}/postgres"]
            subprocess.run(command, check=True, env=_clean())
            yield f"{address}/ringwall"
        finally:
            # SIGINT is PostgreSQL's fast shutdown: open connections are cut.
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _version(binaries: Path) -> int:
    try:
        run = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
        return int(run.stdout.split()[2].partition(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError):
        return 0


def _owner() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(OWNER)
    except KeyError as error:
        raise Missing(f"PostgreSQL does not run as root, and there is no user {OWNER}") from error
    return OWNER


def _initialise(binaries: Path, place: Path, secret: Path, owner: str | None) -> None:
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        place / "data",
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        f"--pwfile={secret}",
    ]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    run = subprocess.run(command, user=owner, group=owner, cwd=place, capture_output=True, text=True, env=_clean())
    if run.returncode:
        raise Missing(f"PostgreSQL could not make a cluster: {run.stderr.strip()}")


def _start(binaries: Path, place: Path, port: int, owner: str | None) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [
        binaries / "postgres",
        "-D",
        place / "data",
        "-p",
        str(port),
        "-k",
        place,
        "-h",
        "127.0.0.1",
    ]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    with (place / "log").open("wb") as log:
        return subprocess.Popen(
            command,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
            cwd=place,
            stdout=log,
            stderr=log,
            env=_clean(),
            # Ctrl-C at the terminal reaches the tests first; the server ends after them.
            start_new_session=True,
        )


def _await(binaries: Path, server: subprocess.Popen[bytes], place: Path, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    probe: list[str | Path] = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(probe, env=_clean()).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise Missing(f"PostgreSQL did not start: {(place / 'log').read_text(errors='replace').strip()[-500:]}")
        time.sleep(0.1)


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(command: list[str]) -> int:
    if not command or command[0] in {"-h", "--help"}:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with cluster() as address:
            return subprocess.run(command, env=os.environ | {"DATABASE_URL": address}).returncode
    except Missing as error:
        print(f"postgres: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
