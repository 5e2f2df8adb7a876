"""Measures Ringwall on a large data set through its real server. See `bin/bench --help`."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ringwall.site.bench.figures import Figure, table
from ringwall.site.bench.places import folder_of, postgresql_environment, sqlite_environment
from ringwall.site.bench.sizes import Sizes

ENVIRONMENTS = {"sqlite": sqlite_environment, "postgresql": postgresql_environment}
PARTS = (
    "lists",
    "records",
    "home",
    "search",
    "statement",
    "checks",
    "imports",
    "ledger",
    "catalogue",
    "export",
    "load",
    "start",
    "digests",
)


def main() -> int:
    given = _parser().parse_args()
    try:
        sizes = Sizes.scaled(given.scale)
    except ValueError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    if given.fill:
        return _fill(sizes)
    if given.measure:
        return _measure(given.measure, given.only)
    results = {}
    for backend in given.backend or ENVIRONMENTS:
        try:
            results[backend] = _child(backend, given)
        except RuntimeError as error:
            results[backend] = [Figure("all", backend, "", note=str(error))]
    print(table(results))
    if given.json:
        Path(given.json).write_text(json.dumps(_told(results, given.scale), indent=1) + "\n")
    return int(any(figure.verdict in ("MISSED", "NOT RUN") for figures in results.values() for figure in figures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__, epilog=f"Parts: {', '.join(PARTS)}.")
    parser.add_argument(
        "--backend", action="append", choices=sorted(ENVIRONMENTS), help="sqlite or postgresql; default: both"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="size of the data set; 1 has 100,000 assets")
    parser.add_argument(
        "--only", type=_names, default=list(PARTS), metavar="PARTS", help="parts to measure, parted by commas"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the data set of SQLite for the next run, in build/bench"
    )
    parser.add_argument("--json", metavar="FILE", help="write the figures to a file as well")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", choices=sorted(ENVIRONMENTS), help=argparse.SUPPRESS)
    return parser


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    return names


def _child(backend: str, given: argparse.Namespace) -> list[Figure]:
    """Each backend in a process of its own: the settings read the environment once."""
    folder = folder_of(backend, given.scale)
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "ringwall.site.bench",
        "--measure",
        backend,
        "--only",
        ",".join(given.only),
    ]
    with ENVIRONMENTS[backend](folder) as there:
        done = subprocess.run(command, env=there, stdout=subprocess.PIPE, text=True)  # noqa: S603 - written above
    if not given.keep:
        shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        raise RuntimeError(f"measuring ended with code {done.returncode}")
    return [Figure(**one) for one in json.loads(done.stdout)]


def _fill(sizes: Sizes) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from ringwall.kit.statistics import refresh_statistics
    from ringwall.site import tables
    from ringwall.site.bench.dataset import make

    print(f"making the data set: {sizes.records} records, {sizes.entries} ledger entries …", file=sys.stderr)
    tables.prepare()
    call_command("createcachetable", verbosity=0)
    make(sizes, lambda line: print(line, file=sys.stderr, flush=True))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # What autovacuum does by itself within minutes.
            cursor.execute("VACUUM ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        refresh_statistics()
    return 0


def _measure(backend: str, only: list[str]) -> int:
    import django

    django.setup()
    from ringwall.site.bench.run import run

    place = Path(os.environ["RINGWALL_DATA"])
    figures = run(backend, place, only, lambda line: print(f"{backend}: {line}", file=sys.stderr, flush=True))
    print(
        json.dumps([{name: value for name, value in figure.told().items() if name != "verdict"} for figure in figures])
    )
    return 0


def _told(results: dict[str, list[Figure]], scale: float) -> dict[str, Any]:
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    return {
        "scale": scale,
        "machine": machine,
        "results": {name: [one.told() for one in figures] for name, figures in results.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
