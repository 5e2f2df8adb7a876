"""Register pages and API lists of 50 rows, first and last page, for three readers."""

from collections.abc import Iterator
from functools import partial

from ringwall.assets.models import Asset
from ringwall.kit.listing import PAGE_SIZE
from ringwall.site.bench.client import Client
from ringwall.site.bench.figures import Figure, timed
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.run import Bench

LIST = f"/{CODE}/assets/"
API = "/api/v1/assets"


def measure(bench: Bench) -> Iterator[Figure]:
    for key, person in bench.people.items():
        browser, program = person.browser(bench.port), person.program(bench.port)
        rows = Asset.objects.visible_to(person.actor).present().count()
        last = -(-rows // PAGE_SIZE)
        for name, path in (("first", LIST), ("last", f"{LIST}?page={last}")):
            yield timed("lists", f"assets, {name} page, {key}", "ms", 25, bench.sample(partial(browser.get, path)))
        for name, path in (("first", f"{API}?limit=50"), ("last", _last_page(program))):
            yield timed("lists", f"API assets, {name} page, {key}", "ms", 10, bench.sample(partial(program.get, path)))
    browser = next(iter(bench.people.values())).browser(bench.port)
    for name, query in (
        ("by title", "sort=title"),
        ("newest first", "sort=-changed_at"),
        ("one unit", f"unit={_unit(bench)}"),
        ("by full text", "q=server"),
    ):
        yield timed(
            "lists", f"assets, {name}, all units", "ms", 25, bench.sample(partial(browser.get, f"{LIST}?{query}"))
        )


def _last_page(program: Client) -> str:
    """The cursor behind which 50 rows are left: one comes with the first page of the opposite order."""
    following = program.get(f"{API}?limit=51&sort=-ref").json()["next"]
    return f"{API}?limit=50" + (f"&cursor={following}" if following else "")


def _unit(bench: Bench) -> str:
    return str(bench.people["one unit"].actor.home_unit.pk)
