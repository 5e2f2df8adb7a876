from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ringwall.ledger import actions
from ringwall.ledger.export import Exported, export
from ringwall.ledger.models import Entry
from ringwall.ledger.rules import Change

ORGANISATION = UUID("01920000-0000-7000-8000-00000000000a")
ANA = UUID("01920000-0000-7000-8000-0000000000aa")


def change(number: int = 1, **given: Any) -> Change:
    values: dict[str, Any] = {
        "kind": "asset",
        "subject": UUID(int=number),
        "ref": f"A-{number:04}",
        "operation": "update",
        "version": 2,
        "before": {"title": "Mail"},
        "after": {"title": f"Mailserver {number}, München"},
    }
    return Change(**values | given)


@pytest.fixture
def data_directory(settings: Any, tmp_path: Path) -> Path:
    settings.RINGWALL_DATA = directory = tmp_path / "data"
    return directory


type Append = Callable[..., Entry]


@pytest.fixture
def append(db: None, data_directory: Path) -> Append:
    """Append one act by ana; any argument of the real thing may be given instead."""

    def one(*changes: Change, **given: Any) -> Entry:
        values: dict[str, Any] = {
            "organisation": ORGANISATION,
            "verb": "asset.update",
            "actor_id": ANA,
            "actor_label": "Ana Beispiel",
            "reason": "Yearly review",
        }
        return actions.append(changes=changes or (change(),), **values | given)

    return one


@dataclass
class Written:
    path: Path
    exported: Exported

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    def changed(self, data: bytes) -> Path:
        """Another file beside this one, with other bytes."""
        path = self.path.with_name("changed.ledger")
        path.write_bytes(data)
        return path


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Written]:
    def written(organisation: UUID = ORGANISATION) -> Written:
        path = tmp_path / "whole.ledger"
        with path.open("wb") as stream:
            return Written(path, export(organisation, stream))

    return written
