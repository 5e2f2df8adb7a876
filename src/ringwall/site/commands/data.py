"""Backup and restore: database, files and keys in one archive that knows its own sums."""

import argparse
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from ringwall.ledger.actions import checkpoint_all
from ringwall.site.cli import GOOD, Answer, UsageError, command

FORMAT = 1
MANIFEST = "manifest.json"
LEFT_OUT = {"static", "ringwall.sqlite3", "ringwall.sqlite3-wal", "ringwall.sqlite3-shm"}


def add_commands(commands: Any) -> None:
    made = command(
        commands, "backup", _backup, "write database, files and keys to one archive; the server may run meanwhile"
    )
    made.add_argument("--out", required=True, metavar="FILE")
    made = command(commands, "restore", _restore, "fill an empty data directory from a backup")
    made.add_argument("file", metavar="FILE")


def _backup(given: argparse.Namespace) -> Answer:
    out = Path(given.out)
    checkpoint_all()
    with tempfile.TemporaryDirectory() as temporary:
        dump = Path(temporary) / "database"
        _dump_database(dump)
        names = {"database": dump}
        for file in sorted(settings.RINGWALL_DATA.rglob("*")):
            inside = file.relative_to(settings.RINGWALL_DATA)
            if file.is_file() and inside.parts[0] not in LEFT_OUT and file.resolve() != out.resolve():
                names[f"data/{inside.as_posix()}"] = file
        sums = {name: _sum(file) for name, file in names.items()}
        manifest = {"format": FORMAT, "engine": connection.vendor, "made_at": int(time.time()), "sums": sums}
        partial = out.with_name(out.name + ".part")
        with tarfile.open(partial, "w:gz", compresslevel=3) as archive:
            body = json.dumps(manifest, indent=1).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
            for name, file in names.items():
                archive.add(file, name, recursive=False)
        partial.chmod(0o600)
        partial.replace(out)
    report = {"file": str(out), "files": len(names), "size": out.stat().st_size}
    return (
        GOOD,
        report,
        f"{out}: {len(names)} files. It holds secrets (keys, password hashes): keep it as you keep those.",
    )


def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _dump_database(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy)
        copy.close()
        return
    _run_tool("pg_dump", ["--format=custom", "--file", str(target), _database_name()])


def _database_name() -> str:
    database = connection.settings_dict
    parts = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"], "dbname": database["NAME"]}
    return " ".join(f"{key}={value}" for key, value in parts.items() if value)


def _run_tool(tool: str, arguments: list[str]) -> None:
    path = shutil.which(tool)
    if path is None:
        raise UsageError(f"{tool} is needed for PostgreSQL; install PostgreSQL's client programs")
    environment = {"PGPASSWORD": connection.settings_dict["PASSWORD"], "PATH": "/usr/bin:/bin"}
    done = subprocess.run([path, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise UsageError(f"{tool} failed: {done.stderr.strip()[:500]}")


def _restore(given: argparse.Namespace) -> Answer:
    data: Path = settings.RINGWALL_DATA
    if any(file.name != "secret-key" for file in data.iterdir()):
        raise UsageError(f"{data} is not empty; restore into an empty directory (RINGWALL_DATA names it)")
    source = Path(given.file)
    if not source.is_file():
        raise UsageError(f"{source} is no file")
    with tempfile.TemporaryDirectory(dir=data.parent) as temporary:
        place = Path(temporary)
        manifest = _unpack(source, place)
        if manifest["engine"] != connection.vendor:
            raise UsageError(f"the backup is of {manifest['engine']}, DATABASE_URL names {connection.vendor}")
        connection.close()
        if connection.vendor == "sqlite":
            (place / "database").replace(data / "ringwall.sqlite3")
        else:
            _run_tool(
                "pg_restore",
                [
                    "--no-owner",
                    "--exit-on-error",
                    "--single-transaction",
                    "--dbname",
                    _database_name(),
                    str(place / "database"),
                ],
            )
        for file in sorted((place / "data").rglob("*")):
            if file.is_file():
                target = data / file.relative_to(place / "data")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(file, target)
    count = len(manifest["sums"])
    return (
        GOOD,
        {"files": count, "data": str(data)},
        f"{count} files restored to {data}. `ringwall ledger verify` proves them.",
    )


def _unpack(source: Path, place: Path) -> dict[str, Any]:
    """Unpack and hold every file against its sum before anything is put in place."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(place, filter="data")
        manifest: dict[str, Any] = json.loads((place / MANIFEST).read_text())
        sums = dict(manifest["sums"])
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{source} is not a whole backup of Ringwall: {error}") from None
    if manifest.get("format") != FORMAT:
        raise UsageError(f"{source} has backup format {manifest.get('format')}; this version reads {FORMAT}")
    for name, expected in sums.items():
        file = place / name
        if not file.is_file() or _sum(file) != expected:
            raise UsageError(f"{source} is damaged at {name}; nothing was restored")
    return manifest
