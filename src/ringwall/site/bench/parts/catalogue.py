"""Real catalogues: read, resolved, imported, again, compared, written and shown. The work without start-up."""

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from ringwall.site.bench.apart import Failed, apart
from ringwall.site.bench.figures import Figure, not_run, timed
from ringwall.site.bench.organisation import ALL, CODE
from ringwall.site.bench.run import Bench

NIST, OLDER = "nist/NIST_SP-800-53_rev5.2.0_catalog.json", "nist/NIST_SP-800-53_rev4_catalog-min.json"
PROFILE = "nist/NIST_SP-800-53_rev5_LOW-baseline_profile.json"
KOMPENDIUM, TABLES = "bsi/XML_Kompendium_2023.xml", "bsi/krt2023_Excel.xlsx"
TIMES = 3
LINES = (
    ("10 MB catalogue", 1.0, "first"),
    ("the same file again", 0.2, "again"),
    ("rev 5 LOW resolved", 0.1, "resolved"),
    ("two versions of 1,000 compared", 0.5, "compared"),
    ("10 MB catalogue as OSCAL JSON", 0.5, "written"),
    ("Kompendium with statements", 3.0, "kompendium"),
    ("the Kompendium again", 0.3, "kompendium again"),
    ("cross-reference tables", 3.0, "tables"),
    ("page of 1,196 requirements", 0.1, "page"),
)


def measure(bench: Bench) -> Iterator[Figure]:
    shared = Path(os.environ.get("RINGWALL_SHARED") or settings.ROOT.parent / "shared") / "data"
    lacking = [path for path in (NIST, OLDER, PROFILE, KOMPENDIUM, TABLES) if not (shared / path).exists()]
    if lacking:
        reason = f"{lacking[0]} is not in RINGWALL_SHARED or ../shared"
        yield from (not_run("catalogue", what, "s", target, reason) for what, target, _key in LINES)
        return
    marks = [f"{turn}-{int(time.time())}" for turn in range(TIMES)]
    try:
        runs = [apart(f"{__name__}:work", str(shared), mark) for mark in marks]
    except Failed as error:
        yield from (not_run("catalogue", what, "s", target, str(error)) for what, target, _key in LINES)
        return
    for what, target, key in LINES:
        yield timed("catalogue", what, "s", target, [one[key] for one in runs])


def work(folder: str, mark: str) -> dict[str, float]:
    """Seconds of each step, the catalogues having `mark` in their names."""
    from django.test import Client

    from ringwall.catalogues.actions import import_catalogue
    from ringwall.catalogues.comparing import changes_between
    from ringwall.catalogues.exporting import document_of
    from ringwall.catalogues.models import Catalogue
    from ringwall.oscal.resolver.resolve import resolve_file
    from ringwall.site.bench.signing_in import sign_in

    signed_in, took = sign_in(ALL), dict[str, float]()
    actor, browser = signed_in.actor, Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = signed_in.session

    def step(key: str, call: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        found = call()
        took[key] = time.perf_counter() - began
        return found

    def bring(path: str, name: str) -> Any:
        file = Path(folder) / path
        return import_catalogue(file.read_bytes(), file.name, actor=actor, code=f"{name}-{mark}")

    assert step("first", partial(bring, NIST, "nist")).added
    assert step("again", partial(bring, NIST, "nist")).is_unchanged
    bring(OLDER, "older")
    new, old = (Catalogue.objects.get(code=f"{name}-{mark}") for name in ("nist", "older"))
    step("resolved", partial(resolve_file, Path(folder) / PROFILE))
    assert any(step("compared", partial(changes_between, old, new)).values())
    step("written", partial(document_of, new, "json"))
    assert step("kompendium", partial(bring, KOMPENDIUM, "kompendium")).added
    assert step("kompendium again", partial(bring, KOMPENDIUM, "kompendium")).is_unchanged
    assert step("tables", partial(bring, TABLES, "kompendium")).changed
    page = partial(browser.get, f"/{CODE}/catalogues/{new.code}/")
    for _turn in range(2):  # the first loads templates
        assert step("page", page).status_code == 200
    return took
