"""Whatever is thrown at a reader: findings, never an exception."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from ringwall.oscal.ciso_assistant import read_library
from ringwall.oscal.crossreference import read_cross_references
from ringwall.oscal.intake import read_catalogue
from ringwall.oscal.kompendium import read_kompendium
from ringwall.oscal.reader import read
from ringwall.oscal.resolver.resolve import resolve
from ringwall.oscal.tests.shared import BASIC, METHOD, data, needs_data
from ringwall.oscal.tests.test_ciso_assistant import LIBRARY
from ringwall.oscal.tests.test_kompendium import BOOK, workbook
from ringwall.oscal.writer import to_json
from ringwall.oscal.xml_writing import to_xml

ROUNDS = 60

JUNK: list[Any] = [
    None,
    0,
    -1.5,
    True,
    "",
    "x",
    "#",
    "\x00",
    "\ud800",
    [],
    [[]],
    [None],
    {},
    {"id": 3},
    {"a": {"b": []}},
]


def broken_bytes(content: bytes, chance: random.Random) -> bytes:
    """A copy with a few bytes changed, cut, doubled or inserted."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(changed) + 1), chance.randint(0, 60)
        match chance.randrange(4):
            case 0:
                changed[at : at + length] = b""
            case 1:
                changed[at:at] = chance.randbytes(length)
            case 2:
                changed[at:at] = changed[at : at + length]
            case _:
                changed[at : at + 1] = chance.choice([b"{", b"}", b"[", b'"', b"<", b">", b"&", b"\x00", b"\xff", b":"])
        if not changed:
            changed = bytearray(b"{")
    return bytes(changed)


def broken_tree(tree: Any, chance: random.Random) -> Any:
    """A copy in which some values are junk, some keys gone and some foreign."""
    if chance.random() < 0.03:
        return chance.choice(JUNK)
    if isinstance(tree, dict):
        made = {key: broken_tree(value, chance) for key, value in tree.items() if chance.random() > 0.02}
        if chance.random() < 0.03:
            made[chance.choice(["links", "params", "parts", "controls", "groups", "strange"])] = chance.choice(JUNK)
        return made
    if isinstance(tree, list):
        return [broken_tree(value, chance) for value in tree]
    return tree


class Everywhere:
    """The same file at every address."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __call__(self, address: str) -> bytes:
        return self.content


READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "kompendium": (read_kompendium, BOOK.encode()),
    "library": (lambda given: read_library(given, "x.yaml"), LIBRARY.encode()),
    "workbook": (
        read_cross_references,
        workbook(["ORP.1", "Name", "CIA", "G 0.1"], ["ORP.1.A1", "Regeln", "C", "X"], ["ORP.1.A2", "ENTFALLEN"]),
    ),
    "xml": (read_catalogue, b'<catalog xmlns="http://csrc.nist.gov/ns/oscal/1.0"><control id="a"/></catalog>'),
    "yaml": (lambda given: read_catalogue(given, "c.yaml"), b"catalog:\n  controls:\n  - {id: a, title: T}\n"),
}


@pytest.mark.parametrize("name", READERS)
def test_broken_bytes_end_in_findings(name: str) -> None:
    reader, content = READERS[name]
    chance = random.Random(name)
    for _ in range(ROUNDS * 3):
        assert reader(broken_bytes(content, chance)) is not None


@needs_data
@pytest.mark.parametrize("path", ["examples/ssp-example.json", "bsi/Grundschutz++-profile.json", BASIC])
def test_broken_bytes_of_real_files_end_in_findings(path: str) -> None:
    chance = random.Random(path)
    for _ in range(ROUNDS):
        given = read(broken_bytes(data(path), chance), path)
        assert given.document is not None or given.errors


@needs_data
@pytest.mark.parametrize(
    "path",
    [
        BASIC,
        "examples/ssp-example.json",
        "examples/ifa_plan-of-action-and-milestones.json",
        "bsi/Passwortrichtlinie-component_definition.json",
        "nist/NIST_SP-800-53_rev5_LOW-baseline_profile.json",
    ],
)
def test_broken_trees_of_real_files_are_read_flattened_and_written(path: str) -> None:
    chance = random.Random(path)
    root = json.loads(data(path))
    for _ in range(ROUNDS):
        given = read(json.dumps(broken_tree(root, chance)).encode(), path)
        assert given.document is not None or given.errors
        assert read_catalogue(json.dumps(broken_tree(root, chance)).encode()) is not None
        if given.document is not None:
            assert read(to_json(given.model, given.document)).document is not None
            assert read(to_xml(given.model, given.document)).document is not None


@needs_data
def test_broken_profiles_and_catalogues_resolve_or_are_told() -> None:
    chance = random.Random("resolve")
    catalogue = json.loads(data(METHOD))
    profile = json.loads(data("bsi/Grundschutz++-profile.json"))
    for _ in range(ROUNDS // 3):
        content = json.dumps(broken_tree(catalogue, chance)).encode()
        resolution = resolve(json.dumps(broken_tree(profile, chance)).encode(), "p.json", Everywhere(content))
        assert resolution.catalogue is not None or resolution.findings
