"""Catalogues and mappings made for the tests."""

import json
from typing import Any

from ringwall.access.policy import Actor
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.mapping.actions import MappingReport, import_mapping
from ringwall.catalogues.mapping.models import Mapping
from ringwall.catalogues.tests.files import control, oscal

OLD = oscal(
    control("o-1", "Lock", "Doors MUST be locked. Windows SHOULD be closed."),
    control("o-2", "Keys", "Keys MUST NOT be copied."),
    control("o-3", "Visitors", "Visitors MAY wait in the hall."),
    control("o-4", "Alarm", "The alarm SHOULD be tested."),
    title="Old rules",
    uuid="aaaaaaaa-2222-4333-8444-555555555555",
)
NEW = oscal(
    control("n-1", "Doors", "Doors MUST be locked."),
    control("n-2", "Copies", "Keys MUST NOT be copied. Keys MUST be counted."),
    control("n-3", "Hall", "Visitors MAY wait in the hall."),
    control("n-4", "Siren", "The alarm SHOULD be tested."),
    control("n-5", "Fence", "The yard MUST be fenced."),
    title="New rules",
    uuid="bbbbbbbb-2222-4333-8444-555555555555",
)
UUIDS = "cccccccc-2222-4333-8444-5555555555"


def catalogues(actor: Actor) -> None:
    import_catalogue(OLD, "old.json", actor=actor, code="old")
    import_catalogue(NEW, "new.json", actor=actor, code="new")


def row(number: int, source: str, relation: str, target: str, *, defaulted: bool = False, why: str = "") -> Any:
    made: dict[str, Any] = {
        "uuid": f"{UUIDS}{number:02}",
        "relationship": relation,
        "sources": [{"type": "control", "id-ref": source}],
        "targets": [{"type": "control", "id-ref": target}],
    }
    if defaulted:
        made["props"] = [{"name": "relationship_defaulted", "value": "true"}]
    return made | ({"remarks": why} if why else {})


ROWS = (
    row(1, "o-1", "superset-of", "n-1", why="Windows besides."),
    row(2, "o-2", "subset-of", "n-2"),
    row(3, "o-3", "equal-to", "n-3", defaulted=True),
    row(4, "o-4", "equivalent-to", "n-4"),
)


def collection(*rows: Any, title: str = "Old to new", version: str = "1") -> bytes:
    """An OSCAL mapping collection from the old rules to the new ones."""

    def side(name: str) -> Any:
        return {"type": "catalog", "href": f"{name}.json", "props": [{"name": "catalog_title", "value": name}]}

    tree = {
        "uuid": "dddddddd-2222-4333-8444-555555555555",
        "metadata": {
            "title": title,
            "last-modified": "2026-01-01T00:00:00Z",
            "version": version,
            "oscal-version": "1.2.3",
        },
        "provenance": {
            "method": "hybrid",
            "matching-rationale": "semantic",
            "status": "draft",
            "mapping-description": "Made for tests.",
        },
        "mappings": [
            {
                "uuid": "eeeeeeee-2222-4333-8444-555555555555",
                "source-resource": side("Old rules"),
                "target-resource": side("New rules"),
                "maps": list(rows or ROWS),
            }
        ],
    }
    return json.dumps({"mapping-collection": tree}).encode()


def mapped(actor: Actor, *rows: Any) -> Mapping:
    """Both catalogues with their mapping."""
    catalogues(actor)
    given(actor, collection(*rows))
    return Mapping.objects.get(code="old-new")


def given(actor: Actor, data: bytes, name: str = "mapping.json", **more: Any) -> MappingReport:
    return import_mapping(data, name, actor=actor, **more)
