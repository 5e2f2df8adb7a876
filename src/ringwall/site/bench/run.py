"""One run: the parts on one database, which the environment names and which holds the data set."""

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from ringwall.site.bench.client import Unexpected
from ringwall.site.bench.figures import Figure, Sample, durations, not_run
from ringwall.site.bench.organisation import READERS
from ringwall.site.bench.server import NotStarted, Server, serving
from ringwall.site.bench.signing_in import SignedIn, sign_in


@dataclass(frozen=True, slots=True)
class Bench:
    """What a part measures with. `server` has one worker and serves the parts that ask pages and API one after
    another.
    """

    backend: str
    place: Path
    people: Mapping[str, SignedIn]
    server: Server | None = None

    @property
    def port(self) -> int:
        assert self.server is not None
        return self.server.port

    def sample(self, call: Callable[[], Any], at_most: int = 60) -> Sample:
        """Repeat a request; what the one web worker computed meanwhile is its computing time."""
        assert self.server is not None
        for _ in range(3):
            call()
        before = self.server.computing()
        taken = durations(call, warm=0, at_most=at_most)
        return Sample(taken, (self.server.computing() - before) / len(taken) if before else None)


Part = Callable[[Bench], Iterator[Figure]]
"""Yields its figures, so that those measured before a fault are kept."""

ONE_BY_ONE = ("lists", "records", "home", "search", "statement", "checks", "imports")
"""Parts on a server with one worker, those that change the data last."""

ALONE = ("ledger", "catalogue", "export", "load", "start", "digests")
"""Parts that start what they need themselves."""

PARTS = (*ONE_BY_ONE, *ALONE)


def run(backend: str, place: Path, only: list[str], tell: Callable[[str], None]) -> list[Figure]:
    people = {reader.key: sign_in(reader) for reader in READERS}
    figures: list[Figure] = []

    def go(names: list[str], bench: Bench) -> None:
        for name in names:
            tell(f"measuring {name} …")
            figures.extend(_measured(name, bench))

    if asked := [name for name in ONE_BY_ONE if name in only]:
        try:
            with serving(1) as server:
                go(asked, Bench(backend, place, people, server))
        except NotStarted as error:
            figures += [not_run(name, name, "", None, str(error)) for name in asked]
    go([name for name in ALONE if name in only], Bench(backend, place, people))
    return figures


def _measured(name: str, bench: Bench) -> Iterator[Figure]:
    part: Part = import_module(f"ringwall.site.bench.parts.{name}").measure
    try:
        yield from part(bench)
    except (Unexpected, NotStarted) as error:
        yield not_run(name, f"the rest of {name}", "", None, str(error)[:600])
    except Exception as error:
        traceback.print_exc()
        yield not_run(name, f"the rest of {name}", "", None, f"{type(error).__name__}: {error}"[:600])
