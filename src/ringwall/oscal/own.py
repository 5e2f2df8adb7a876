"""What Ringwall writes into OSCAL beyond the published names, under a namespace of its own.

With these a catalogue that came from a spreadsheet, the Kompendium or another tool goes out as strict OSCAL and comes
back with zero changes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from ringwall.oscal.catalogue import Property

NAMESPACE = "urn:ringwall:oscal"

# Properties: the publisher's identifier where it is no OSCAL token; groups below requirements; level; threats.
IDENTIFIER = "identifier"
KIND = "kind"
LEVEL = "level"
THREAT = "threat"
# Parts: one for each statement, one for each translation.
STATEMENT = "requirement-statement"
TRANSLATION = "translation"
VERB = "modal-verb"
STATEMENT_COUNT = "statement-count"

_UUIDS = uuid.UUID("0d6c1f2e-5b0e-5a53-8f0f-7f1f6f3f3c55")
_TOKEN = re.compile(r"[^\W\d][\w.\-]*")


def token_of(identifier: str) -> str:
    """An OSCAL token for an identifier: itself if it is one, else with _ for what a token may not have."""
    if _TOKEN.fullmatch(identifier):
        return identifier
    token = re.sub(r"[^\w.\-]", "_", identifier)
    return token if _TOKEN.fullmatch(token) else f"_{token}"


def uuid_of(*names: str) -> str:
    """The UUID (version 5) of something that has a name, the same for the same names."""
    return str(uuid.uuid5(_UUIDS, "\x1f".join(names)))


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as OSCAL wants it: version 4 or 5."""
    try:
        found = uuid.UUID(text)
    except ValueError:
        return False
    return found.version in (4, 5) and str(found) == text.casefold()


def values_of(props: Iterable[Property], name: str) -> tuple[str, ...]:
    """The values of our own properties of that name."""
    return tuple(prop.value for prop in props if prop.name == name and prop.ns == NAMESPACE)


def value_of(props: Iterable[Property], name: str) -> str:
    """The value of our own property of that name, or ""."""
    return next(iter(values_of(props, name)), "")
