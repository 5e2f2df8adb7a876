"""The home page with its figures, the heat map and what is not in order by all rules."""

from collections.abc import Iterator
from functools import partial

from ringwall.site.bench.figures import Figure, timed
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.run import Bench


def measure(bench: Bench) -> Iterator[Figure]:
    for key, person in bench.people.items():
        browser = person.browser(bench.port)
        note = "" if b"<svg" in browser.get(f"/{CODE}/").body.split(b"<main", 1)[-1] else "no figure on the page"
        yield timed("home", f"home page, {key}", "ms", 80, bench.sample(partial(browser.get, f"/{CODE}/")), note)
