"""The statement of applicability of one scope: its page, and as PDF and XLSX."""

from collections.abc import Iterator
from functools import partial

from ringwall.site.bench.client import Unexpected
from ringwall.site.bench.figures import Figure, not_run, timed
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.run import Bench

SCOPE = "S-0001"


def measure(bench: Bench) -> Iterator[Figure]:
    browser = next(iter(bench.people.values())).browser(bench.port)
    for what, unit, target, path in (
        ("statement of 93 entries, page", "ms", None, f"/{CODE}/soa/{SCOPE}/"),
        ("statement of 93 entries, PDF", "s", 0.3, f"/{CODE}/reports/soa/{SCOPE}/?format=pdf"),
        ("statement of 93 entries, XLSX", "s", 0.15, f"/{CODE}/reports/soa/{SCOPE}/?format=xlsx"),
    ):
        try:
            taken = bench.sample(partial(browser.get, path), at_most=15)
        except Unexpected as error:
            yield not_run("statement", what, unit, target, str(error)[:200])
        else:
            yield timed("statement", what, unit, target, taken)
