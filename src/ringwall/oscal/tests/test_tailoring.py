"""A tailoring goes out as a profile that resolves to what was chosen."""

from __future__ import annotations

import hashlib
import json

import pytest

from ringwall.oscal.resolver.resolve import resolve
from ringwall.oscal.tailoring import Choice, profile_tree
from ringwall.oscal.tests.shared import needs_data
from ringwall.oscal.tests.test_resolution import identifiers
from ringwall.oscal.tests.test_writing import validator
from ringwall.oscal.writer import to_json

NOW = "2026-01-31T12:00:00Z"
CATALOGUE = json.dumps(
    {
        "catalog": {
            "uuid": "74c8ba1e-5cd4-4ad1-bbfd-d888e2f6c724",
            "metadata": {"title": "T", "version": "1", "last-modified": NOW, "oscal-version": "1.2.3"},
            "groups": [
                {
                    "id": "g",
                    "title": "G",
                    "controls": [
                        {"id": "a", "title": "A", "params": [{"id": "p", "label": "time"}]},
                        {"id": "b", "title": "B"},
                        {"id": "b.1", "title": "B1"},
                    ],
                }
            ],
        }
    }
).encode()


def tailored(choice: Choice) -> bytes:
    return to_json("profile", profile_tree("Ours", "1", NOW, [choice], {"p": ["a month"]}))


def test_a_tailoring_resolves_to_what_was_chosen_with_the_values_set() -> None:
    digest = hashlib.sha256(CATALOGUE).hexdigest()
    choice = Choice("c.json", "Catalogue", digest, excluded={"b": "We have none of it."})
    resolution = resolve(tailored(choice), "p.json", {"c.json": CATALOGUE}.get)
    assert resolution.findings == []
    assert resolution.catalogue is not None
    assert identifiers(resolution.catalogue) == ["a", "b.1"]
    assert resolution.catalogue["groups"][0]["controls"][0]["params"][0]["values"] == ["a month"]


def test_what_is_included_by_name_comes_alone() -> None:
    resolution = resolve(tailored(Choice("c.json", included=("b",))), "p.json", {"c.json": CATALOGUE}.get)
    assert resolution.catalogue is not None
    assert identifiers(resolution.catalogue) == ["b"]


def test_a_profile_resolves_with_the_catalogue_it_carries_within() -> None:
    resolution = resolve(tailored(Choice("c.json", included=("a",), content=CATALOGUE)), "p.json", lambda address: None)
    assert resolution.findings == []
    assert resolution.catalogue is not None
    assert identifiers(resolution.catalogue) == ["a"]
    damaged = tailored(Choice("c.json", content=CATALOGUE)).replace(b'"value":"', b'"value":"?')
    refused = resolve(damaged, "p.json", lambda address: None)
    assert refused.catalogue is None
    assert "is no base64" in refused.findings[0].message


@needs_data
def test_the_profile_is_valid() -> None:
    root = json.loads(tailored(Choice("c.json", "Catalogue", "0" * 64, ("a",), {"b": "Why."}, CATALOGUE)))
    assert [error.message[:200] for error in validator("profile").iter_errors(root)] == []


def test_a_profile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one catalogue"):
        profile_tree("Ours", "1", NOW, [])
