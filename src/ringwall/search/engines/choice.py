"""The full text of the database in use."""

from typing import cast

from ringwall.search.engines import postgresql, sqlite
from ringwall.search.engines.interface import Engine

ENGINES: dict[str, Engine] = {"sqlite": cast(Engine, sqlite), "postgresql": cast(Engine, postgresql)}


def engine_of(vendor: str) -> Engine:
    """Raises LookupError for a database without full text here."""
    try:
        return ENGINES[vendor]
    except KeyError:
        raise LookupError(f"no full text is written for the database {vendor}") from None
