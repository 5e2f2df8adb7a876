"""Where a run keeps its data, and the environment that leads the programs there."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""The private cluster of the tests forgets about durability; a figure measured so would be worth nothing."""
MADE = "made"


def folder_of(backend: str, scale: float) -> Path:
    return ROOT / "build" / "bench" / f"{backend}-{scale:g}"


@contextmanager
def sqlite_environment(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a run on a copy of the data set, which is made where there is none for these very
    migrations.
    """
    kept, work = folder / "kept", folder / "run"
    if not is_made(kept):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        fill(environment(kept), folder.name)
        (kept / MADE).write_text(fingerprint())
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(kept, work)
    try:
        yield environment(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def postgresql_environment(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a run on a private cluster, filled anew each time. Raises RuntimeError where there is no
    PostgreSQL.
    """
    specification = importlib.util.spec_from_file_location("postgres", ROOT / "bin" / "postgres.py")
    assert specification is not None and specification.loader is not None
    postgres = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(postgres)
    postgres.SETTINGS.update(DURABLE)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with postgres.cluster() as address:
            there = environment(folder, address)
            fill(there, folder.name)
            yield there
    except postgres.Missing as error:
        raise RuntimeError(str(error)) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path, address: str = "") -> dict[str, str]:
    left_out = {"DATABASE_URL", "RINGWALL_SECRET_KEY", "RINGWALL_DEBUG"}
    inherited = {name: value for name, value in os.environ.items() if name not in left_out}
    found = inherited | {
        "RINGWALL_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "ringwall.site.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    return found | {"DATABASE_URL": address} if address else found


def fill(there: dict[str, str], name: str) -> None:
    scale = name.rpartition("-")[2]
    command = [sys.executable, "-W", "ignore", "-m", "ringwall.site.bench", "--fill", "--scale", scale]
    if subprocess.run(command, env=there).returncode:  # noqa: S603 - written above
        raise RuntimeError("the data set could not be made")


def is_made(folder: Path) -> bool:
    mark = folder / MADE
    return mark.exists() and mark.read_text() == fingerprint()


def fingerprint() -> str:
    """Of all migrations and of what makes the data: another one means another data set."""
    package = ROOT / "src" / "ringwall"
    here = [
        Path(__file__).with_name(name)
        for name in ("checks.py", "dataset.py", "entries.py", "organisation.py", "rows.py", "sizes.py", "upkeep.py")
    ]
    files = sorted([*package.glob("*/migrations/0*.py"), *package.glob("search/engines/*.py"), *here])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
