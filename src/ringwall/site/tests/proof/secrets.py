"""Canaries: words that stand in one record only, so that whoever reads one has seen that record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

WORD = re.compile(r"canary(\d{5})|([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Secret:
    """What a canary stands in, and who alone may read it.

    `grants`: one of them is needed on the four columns, with an empty `unit` in any unit; `people` (names): these may,
    whatever their role, and where `grants` is empty nobody else.
    """

    what: str
    organisation: str
    grants: tuple[str, ...] = ()
    unit: str = "root"
    restricted: bool = False
    owner: str = ""
    people: frozenset[str] = frozenset()
    kind: str = ""
    """The kind of record, for the records themselves."""


@dataclass
class Secrets:
    words: dict[str, Secret] = field(default_factory=dict)

    def word(self, secret: Secret) -> str:
        """A new canary for this secret."""
        word = f"canary{len(self.words):05d}"
        self.words[word] = secret
        return word

    def add_id(self, key: Any, secret: Secret) -> None:
        """The id of a record is as secret as its text."""
        self.words[str(key)] = secret

    def read_in(self, text: str) -> Iterator[tuple[str, Secret, str]]:
        """(word, secret, what stands around it) for every canary in a text."""
        for match in WORD.finditer(text):
            if (secret := self.words.get(match.group().lower())) is not None:
                around = text[max(0, match.start() - 80) : match.end() + 40]
                yield match.group().lower(), secret, " ".join(around.split())
