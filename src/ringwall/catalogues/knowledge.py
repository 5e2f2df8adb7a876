"""Our own guidance on the built-in catalogues, in our own words. Read from YAML when a page first asks for it."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from django.utils.translation import get_language

from ringwall.catalogues.builtin import ANNEX_A, CLAUSES

SIZES = ("small", "medium", "large")


@dataclass(frozen=True, slots=True)
class Guidance:
    """What we say on one requirement. Texts are in the language asked for; a part that has nothing to say is empty.

    `purpose` is what it is for, `actions` what to do by size of organisation, `failures` what commonly goes wrong,
    `related` identifiers of the same catalogue.
    """

    purpose: str = ""
    actions: dict[str, list[str]] = field(default_factory=dict)
    done_by: str = ""
    auditor_asks: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    documented_information: str = ""
    failures: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)


def spoken() -> str:
    """The language of the reader, of the two that the knowledge is written in."""
    return "de" if (get_language() or "en").startswith("de") else "en"


def guidance_on(catalogue: str, identifier: str) -> Guidance | None:
    """By the identifiers of a built-in catalogue and its requirement; None where we have nothing to say."""
    language = spoken()
    if catalogue == ANNEX_A:
        entry = _annex_a(identifier)
        if entry is None:
            return None
        return Guidance(
            purpose=entry["purpose"][language].strip(),
            actions={size: entry["actions"][language].get(size, []) for size in SIZES},
            done_by=entry["usually_done_by"][language],
            auditor_asks=entry["auditor_asks"][language],
            evidence=entry["evidence"][language],
            related=[str(name) for name in entry["related"]],
        )
    if catalogue == CLAUSES and (entry := _clauses().get(identifier)):
        return Guidance(
            purpose=entry["asked"][language].strip(),
            documented_information=entry["documented_information"][language],
            failures=entry["failures"][language],
        )
    return None


def _annex_a(identifier: str) -> dict[str, Any] | None:
    """Only the file that holds the identifier is read: its name tells theme, first and last number."""
    found = re.fullmatch(r"A\.(\d+)\.(\d+)", identifier)
    if found is None:
        return None
    theme, number = map(int, found.groups())
    for name in _annex_a_files():
        part = re.fullmatch(r"a(\d+)_(\d+)_(\d+)\.yaml", name)
        if part and int(part[1]) == theme and int(part[2]) <= number <= int(part[3]):
            return _entries(f"annex_a/{name}").get(identifier)
    return None


@cache
def _annex_a_files() -> tuple[str, ...]:
    folder = files("ringwall.catalogues") / "knowledge" / "annex_a"
    return tuple(sorted(entry.name for entry in folder.iterdir()))


def _clauses() -> dict[str, dict[str, Any]]:
    return _entries("clauses.yaml")


@cache
def _entries(path: str) -> dict[str, dict[str, Any]]:
    return {str(entry["id"]): entry for entry in read(path)}


def read(path: str) -> Any:
    """What stands in a file of the knowledge, read afresh: callers keep what they make of it."""
    yaml = import_module("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (files("ringwall.catalogues") / "knowledge").joinpath(*path.split("/")).read_text(encoding="utf-8")
    return yaml.load(text, loader)
