"""Catalogues of an organisation, a mapping between two of them, and what is carried over to a new edition."""

import csv
import io
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.mapping.actions import import_mapping

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story


def add(story: "Story") -> None:
    found = story.read("catalogues")
    for one in found.get("catalogues", ()):
        story.at(one["on"], partial(_catalogue, story, one))
    if links := found.get("links"):
        story.at(links["on"], lambda: _links(story, links))
    if mapping := found.get("mapping"):
        story.at(mapping["on"], lambda: _mapping(story, mapping))
    if carried := found.get("carry_over"):
        raw = {name: carried[name] for name in ("source", "target", "basis")}
        story.at(carried["on"], lambda: story.do("carry_over.start", story.who("keeper"), raw))


def _catalogue(story: "Story", one: dict[str, Any]) -> None:
    header = ("identifier", "parent", "kind", "title", "text")
    rows = [
        [
            row["id"],
            row.get("parent", ""),
            row.get("kind", "requirement"),
            story.words(row, "title"),
            story.words(row, "text"),
        ]
        for row in one["rows"]
    ]
    import_catalogue(
        _sheet(header, rows),
        f"{one['code']}.csv",
        actor=story.actor(story.who("keeper")),
        code=one["code"],
        title=story.words(one, "title"),
        edition=one["edition"],
    )


def _links(story: "Story", links: dict[str, Any]) -> None:
    """The controls implement entries of the catalogue besides what they implement already."""
    for ref, entries in links["controls"].items():
        control = story.find("control", ref)
        names = [one.input_text for one in control.requirements.select_related("catalogue")]
        names += [f"{links['catalogue']}:{entry}" for entry in entries]
        story.do("control.update", story.who("keeper"), {"requirements": ", ".join(names)}, subject=control)


def _mapping(story: "Story", mapping: dict[str, Any]) -> None:
    header = (f"source ({mapping['source']})", "relation", f"target ({mapping['target']})", "rationale", "defaulted")
    rows = [
        [row["source"], row["relation"], row["target"], story.words(row, "why"), "yes" if row.get("defaulted") else ""]
        for row in mapping["rows"]
    ]
    name = f"{story.words(mapping, 'title')}.csv"
    import_mapping(_sheet(header, rows), name, actor=story.actor(story.who("keeper")))


def _sheet(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    return stream.getvalue().encode()
