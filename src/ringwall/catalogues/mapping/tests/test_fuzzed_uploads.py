"""Damaged files at the pages that take catalogues, mappings and profiles: refused in words or taken, never a fault, and
nothing is stored of what is refused."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ringwall.catalogues.mapping.exporting import template
from ringwall.catalogues.mapping.models import MappedPair, Mapping
from ringwall.catalogues.mapping.tests.files import ROWS, catalogues, collection
from ringwall.catalogues.models import Catalogue, Profile, Requirement, SourceFile
from ringwall.catalogues.tailoring import profile_file
from ringwall.catalogues.tests.test_importing_formats import FILES
from ringwall.catalogues.writing import workbook_of
from ringwall.conftest import World
from ringwall.kit import registry
from ringwall.kit.drafts import ImportDraft
from ringwall.kit.testing import acts_in_ledger

pytestmark = pytest.mark.once

STORED = (Catalogue, Requirement, SourceFile, Mapping, MappedPair, Profile, ImportDraft)
ODD: list[Any] = [None, True, 0, -1, 1e400, "", " ", "\x00", "\ud800", "a" * 700, [], {}, [[]], {"a": 1}, "../x", "#"]
FUZZ = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@st.composite
def broken(draw: st.DrawFn, data: bytes, *, is_tree: bool) -> bytes:
    """The file with one to three things wrong: values of another type, keys gone, or bytes changed, cut and doubled."""
    for _turn in range(draw(st.integers(1, 3))):
        if is_tree and draw(st.integers(0, 3)):
            data = _pruned(draw, data)
            continue
        at = draw(st.integers(0, max(0, len(data) - 1)))
        to = min(len(data), at + draw(st.sampled_from([0, 1, 2, 30])))
        data = (
            data[:at]
            + draw(st.sampled_from([b"", b"\x00", b"\xff", b"<", b'"', b"}", b"0", data[at:to] * 2]))
            + data[to:]
        )
    return data


def _pruned(draw: st.DrawFn, data: bytes) -> bytes:
    try:
        tree = json.loads(data)
    except ValueError:
        return data
    holders: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in list(pairs):
            holders.append((node, key))
            waiting.append(value)
    if not holders:
        return data
    node, key = draw(st.sampled_from(range(len(holders))).map(lambda index: holders[index]))
    odd = draw(st.sampled_from([*ODD, "gone"]))
    if odd == "gone":
        del node[key]
    else:
        node[key] = odd
    return json.dumps(tree).encode()


def uploads(world: World) -> dict[str, tuple[str, str, bytes]]:
    """What → (page, name, file), each of which is taken as it is."""
    catalogues(world.actor("ana"))
    raw = {"title": "Ours", "catalogues": "old"}
    profile = registry.actions["profile.create"].run(world.actor("ana"), raw)
    profile = Profile.objects.select_related("organisation").get(pk=profile.pk)
    found = {name: ("catalogues/import/", name, data) for name, (data, _source, _count) in FILES.items()}
    book = workbook_of(Catalogue.objects.get(code="old"))
    return found | {
        "workbook": ("catalogues/import/", "old.xlsx", book),
        "sheet": (
            "catalogues/import/",
            "rules.csv",
            b"identifier,parent,kind,title\nA,,group,Doors\n1,A,requirement,Lock\n",
        ),
        "profile": ("catalogues/import/", "profile.json", profile_file(profile, "json")),
        "mapping": ("catalogues/mappings/import/", "mapping.json", collection(*ROWS)),
        "mapping sheet": ("catalogues/mappings/import/", "mapping.csv", template("csv")),
    }


def test_no_damaged_file_is_a_fault_and_none_is_stored_in_part(world: World) -> None:
    client, files = world.client("ana"), uploads(world)
    outcomes: set[int] = set()

    def counts() -> tuple[int, ...]:
        return (*(model._base_manager.count() for model in STORED), acts_in_ledger(world))

    before = counts()

    @FUZZ
    @given(st.data())
    def send(data: st.DataObject) -> None:
        for page, name, whole in files.values():
            damaged = data.draw(broken(whole, is_tree=name.endswith(".json")))
            with transaction.atomic():
                answer = client.post(world.url(page), {"file": SimpleUploadedFile(name, damaged)})
                outcomes.add(answer.status_code)
                assert answer.status_code in {200, 302, 422}, (name, damaged)
                if answer.status_code == 422:
                    assert counts() == before, (name, damaged)
                transaction.set_rollback(True)

    send()
    assert outcomes == {302, 422}
