"""A catalogue of 10 MB imported, then the same file again: the work without start-up."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from ringwall.site.bench.apart import Failed, apart
from ringwall.site.bench.figures import Figure, not_run, timed
from ringwall.site.bench.organisation import ALL
from ringwall.site.bench.run import Bench

FILE = "data/nist/NIST_SP-800-53_rev5.2.0_catalog.json"
TIMES = 3
LINES = (("10 MB catalogue", 1.0, "first"), ("the same file again", 0.2, "again"))


def measure(bench: Bench) -> Iterator[Figure]:
    shared = Path(os.environ.get("RINGWALL_SHARED") or settings.ROOT.parent / "shared")
    file = shared / FILE
    if not file.exists():
        reason = f"{FILE} is not in RINGWALL_SHARED or ../shared"
        yield from (not_run("catalogue", what, "s", target, reason) for what, target, _key in LINES)
        return
    try:
        runs = [apart(f"{__name__}:work", str(file), f"nist-{turn}-{int(time.time())}") for turn in range(TIMES)]
    except Failed as error:
        yield from (not_run("catalogue", what, "s", target, str(error)) for what, target, _key in LINES)
        return
    for what, target, key in LINES:
        yield timed("catalogue", what, "s", target, [one[key] for one in runs], f"{runs[0]['added']} requirements")


def work(file: str, code: str) -> dict[str, Any]:
    from ringwall.catalogues.actions import import_catalogue
    from ringwall.site.bench.signing_in import sign_in

    actor, path = sign_in(ALL).actor, Path(file)
    began = time.perf_counter()
    report = import_catalogue(path.read_bytes(), path.name, actor=actor, code=code)
    between = time.perf_counter()
    again = import_catalogue(path.read_bytes(), path.name, actor=actor, code=code)
    ended = time.perf_counter()
    assert again.is_unchanged and report.added
    return {"first": between - began, "again": ended - between, "added": report.added}
