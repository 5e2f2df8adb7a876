"""Two versions of a catalogue: what was added, withdrawn, moved, reworded, and what is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ringwall.oscal.compare import Change, ChangeKind, PairedBy, compare
from ringwall.oscal.content import CatalogueContent, Level, RequirementRow
from ringwall.oscal.tests.shared import KERNEL, REV4, REV5, needs_data
from ringwall.oscal.tests.test_requirements import content


def row(identifier: str, parent: str | None = "g", **more: Any) -> RequirementRow:
    return RequirementRow(identifier, parent, more.pop("kind", "requirement"), more.pop("title", identifier), 0, **more)


def catalogue(*rows: RequirementRow) -> CatalogueContent:
    return CatalogueContent("u", "T", "1", "en", "", "", [row("g", None, kind="group", title="Group"), *rows])


def change(old: RequirementRow | None, new: RequirementRow | None) -> Change:
    compared = compare(catalogue(*[old] if old else []), catalogue(*[new] if new else []))
    return next(change for change in compared.changes if change.identifier != "g")


def test_equal_catalogues_are_the_same_throughout() -> None:
    given_catalogue = catalogue(row("a"), row("b"))
    assert {c.kind for c in compare(given_catalogue, given_catalogue).changes} == {ChangeKind.SAME}


def test_what_has_no_pair_was_added_or_withdrawn() -> None:
    assert change(None, row("a")).kind is ChangeKind.ADDED
    assert change(row("a"), None).kind is ChangeKind.WITHDRAWN


def test_a_requirement_that_is_marked_withdrawn_was_withdrawn_and_may_come_back() -> None:
    assert change(row("a"), row("a", withdrawn=True)).kind is ChangeKind.WITHDRAWN
    assert change(row("a", withdrawn=True), row("a")).kind is ChangeKind.RESTORED


def test_white_space_is_no_rewording_but_words_level_and_verbs_are() -> None:
    assert change(row("a", text="one two"), row("a", text="one\n two")).kind is ChangeKind.SAME
    reworded = change(row("a", text="one", level=Level.BASIC), row("a", text="two", level=Level.STANDARD))
    assert (reworded.kind, reworded.fields) == (ChangeKind.REWORDED, ("text", "level"))
    assert not reworded.carries


def test_the_stable_identifier_pairs_what_was_renumbered_and_parts_what_took_its_number() -> None:
    compared = compare(
        catalogue(row("x.1", stable_id="A"), row("x.2", stable_id="B")),
        catalogue(row("x.2", stable_id="A", title="x.1"), row("x.1", stable_id="C")),
    )
    moved = compared.of(ChangeKind.MOVED)[0]
    assert (moved.old and moved.old.identifier, moved.new and moved.new.identifier) == ("x.1", "x.2")
    assert moved.paired_by is PairedBy.STABLE_ID
    assert moved.carries
    assert [c.identifier for c in compared.of(ChangeKind.ADDED)] == ["x.1"]
    assert [c.identifier for c in compared.of(ChangeKind.WITHDRAWN)] == ["x.2"]


def test_without_identifiers_in_common_the_very_same_text_pairs() -> None:
    text = "The organization does this and that, and more."
    found = change(row("a", text=text, title="T"), row("b", text=text, title="T"))
    assert (found.kind, found.paired_by) == (ChangeKind.MOVED, PairedBy.TEXT)
    assert change(row("a", text="short"), row("b", text="short")).paired_by is None


def test_children_of_a_renamed_parent_have_not_moved_for_that() -> None:
    old = catalogue(row("a", stable_id="A"), row("a.1", "a", stable_id="A1"))
    new = catalogue(row("b", stable_id="A", title="a"), row("a.1", "b", stable_id="A1"))
    kinds = {c.identifier: c.kind for c in compare(old, new).changes}
    assert kinds == {"g": ChangeKind.SAME, "b": ChangeKind.MOVED, "a.1": ChangeKind.SAME}


names = st.sampled_from([f"r{n}" for n in range(8)])
versions = st.dictionaries(names, st.tuples(st.sampled_from(["x", "y"]), st.booleans()), max_size=8)


@given(versions, versions)
def test_every_row_of_both_versions_stands_in_exactly_one_change(
    first: dict[str, tuple[str, bool]], second: dict[str, tuple[str, bool]]
) -> None:
    def made(version: dict[str, tuple[str, bool]]) -> CatalogueContent:
        return catalogue(*(row(name, text=text, withdrawn=gone) for name, (text, gone) in version.items()))

    compared = compare(made(first), made(second))
    assert sorted(c.old.identifier for c in compared.changes if c.old) == sorted([*first, "g"])
    assert sorted(c.new.identifier for c in compared.changes if c.new) == sorted([*second, "g"])
    back = compare(made(second), made(first))
    assert len(compared.of(ChangeKind.SAME)) == len(back.of(ChangeKind.SAME))


@needs_data
def test_real_versions_compare() -> None:
    counts = compare(content(REV4), content(REV5)).counts
    assert sum(counts.values()) >= 1196
    assert counts[ChangeKind.ADDED] > 100
    kernel = content(KERNEL)
    changed = [replace(r, text=f"{r.text}!") if r.identifier == "ASST.1.1" else r for r in kernel.rows]
    compared = compare(kernel, replace(kernel, rows=changed))
    assert compared.counts[ChangeKind.REWORDED] == 1
    assert compared.counts[ChangeKind.SAME] == 900
