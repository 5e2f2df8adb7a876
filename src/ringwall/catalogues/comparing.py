"""Two catalogues compared: what was added, withdrawn, restored, reworded or moved, and what is the same."""

from collections.abc import Sequence
from typing import Any

from ringwall.catalogues.exporting import content_of
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.prose import as_html
from ringwall.catalogues.queries import quoted
from ringwall.catalogues.wording import level_name
from ringwall.oscal.compare import Change, ChangeKind, Comparison, compare
from ringwall.oscal.content import RequirementRow

SHOWN = (
    ChangeKind.REWORDED,
    ChangeKind.ADDED,
    ChangeKind.WITHDRAWN,
    ChangeKind.RESTORED,
    ChangeKind.MOVED,
    ChangeKind.SAME,
)
"""Kinds of change in the order in which one reads them."""

Changes = dict[ChangeKind, list[Change]]


def changes_between(old: Catalogue, new: Catalogue) -> Changes:
    """The requirements (not groups, not threats) by what became of them, in the order of the catalogues."""
    compared: Comparison = compare(content_of(old), content_of(new))
    return {kind: [change for change in compared.of(kind) if _row(change).kind == "requirement"] for kind in SHOWN}


def told(old: Catalogue, new: Catalogue) -> dict[str, Any]:
    """As the command line gives it."""
    changes = changes_between(old, new)
    return {
        **{
            name: {"id": one.code, "title": one.title, "version": one.edition}
            for name, one in (("old", old), ("new", new))
        },
        "counts": {str(kind): len(found) for kind, found in changes.items()},
        **{str(kind): [_told(change) for change in found] for kind, found in changes.items()},
    }


def entries(changes: Sequence[Change], old_url: str, new_url: str) -> list[dict[str, Any]]:
    """As the page shows them: each with the sides it has, and where they differ."""
    return [
        {
            "fields": change.fields,
            "is_moved": change.is_moved,
            "old": _side(change.old, old_url),
            "new": _side(change.new, new_url),
        }
        for change in changes
    ]


def _row(change: Change) -> RequirementRow:
    """Raises ValueError for a change with neither side, which there is none of."""
    row = change.new or change.old
    if row is None:
        raise ValueError("a change of nothing")
    return row


def _told(change: Change) -> dict[str, Any]:
    return {
        "identifier": change.identifier,
        "old_identifier": change.old.identifier if change.old else None,
        "title": _row(change).title,
        "fields": list(change.fields),
        "moved": change.is_moved,
    }


def _side(row: RequirementRow | None, url: str) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "ref": row.label or row.identifier,
        "title": row.title,
        "level": level_name(str(row.level or "")),
        "text": as_html(row.text),
        "guidance": as_html(row.guidance),
        "is_withdrawn": row.withdrawn,
        "url": f"{url}{quoted(row.identifier)}/",
    }
