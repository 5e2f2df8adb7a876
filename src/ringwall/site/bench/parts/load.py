"""Many at once: lists by eight readers, acts by eight writers, and what the workers hold in memory afterwards."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ringwall.assets.models import Asset
from ringwall.site.bench.client import rate
from ringwall.site.bench.figures import Figure
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.run import Bench
from ringwall.site.bench.server import Server, serving

AT_ONCE, WORKERS, SECONDS = 8, 2, 8.0
ACTS = {"sqlite": 60, "postgresql": 150}


def measure(bench: Bench) -> Iterator[Figure]:
    with serving(WORKERS) as server:
        people = list(bench.people.values())
        readers = [people[n % len(people)] for n in range(AT_ONCE)]
        programs = [person.program(server.port) for person in readers]
        browsers = [person.browser(server.port) for person in readers]
        yield _rate(
            "lists of 50 by API, 8 clients, 2 workers",
            150,
            [partial(p.get, "/api/v1/assets?limit=50") for p in programs],
        )
        yield _rate(
            "lists of 50 as pages, 8 clients, 2 workers", 60, [partial(b.get, f"/{CODE}/assets/") for b in browsers]
        )
        yield _rate("acts, 8 writers in one organisation", ACTS[bench.backend], _writers(bench, server))
        memory = server.memory()
        if memory:
            most = max(memory, key=lambda one: one["resident"])
            note = f"of it {most['own']:.0f} MB its own, the rest mapped from files"
            yield Figure(
                "load", "memory of a web worker after this", "MB", 130, most["resident"], count=len(memory), note=note
            )


def _rate(what: str, target: float, callers: list[Callable[[], Any]]) -> Figure:
    for call in callers:
        call()
    found, taken = rate(callers, SECONDS)
    longest = f"slowest {max(taken) * 1000:.0f} ms"
    return Figure("load", what, "/s", target, found, count=len(taken), is_rate=True, note=longest)


def _writers(bench: Bench, server: Server) -> list[Callable[[], Any]]:
    """Each changes an asset of its own again and again, by the version it read."""
    person = next(iter(bench.people.values()))
    assets = list(Asset.objects.visible_to(person.actor).present().order_by("ref_key")[100 : 100 + AT_ONCE])

    def writer(asset: Any) -> Callable[[], Any]:
        program, version = person.program(server.port), [asset.version]

        def write() -> None:
            answer = program.patch(f"/api/v1/assets/{asset.pk}", {"title": f"Version {version[0]}"}, version[0])
            version[0] = answer.json()["version"]

        return write

    return [writer(asset) for asset in assets]
