"""A catalogue's rows compared with what is stored (outside any transaction), and written in one short burst."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from json import dumps
from typing import Any
from uuid import UUID

from django.utils import timezone

from ringwall.catalogues.models import Catalogue, Requirement, SourceFile, Statement
from ringwall.catalogues.rules import CatalogueRow, Contents, Known, Place, arranged, counts_of, matched
from ringwall.kit.acts import Act
from ringwall.ledger.insert import database_uuid, insert
from ringwall.lib.ids import uuid7

BATCH = 500
SUBSTANCE = (
    "identifier",
    "label",
    "stable_id",
    "category",
    "parent_id",
    "title",
    "text",
    "guidance",
    "translations",
    "level",
    "attributes",
    "links",
    "is_withdrawn",
)
"""A requirement counts as changed when one of these differs; where it stands among its siblings is not counted."""
COLUMNS = (
    "id",
    "organisation_id",
    "catalogue_id",
    "parent_id",
    "identifier",
    "label",
    "stable_id",
    "category",
    "position",
    "depth",
    "title",
    "text",
    "guidance",
    "translations",
    "level",
    "attributes",
    "links",
    "is_withdrawn",
)
STATEMENT_COLUMNS = ("id", "organisation_id", "requirement_id", "number", "position", "verb", "text", "is_withdrawn")
WRITTEN = ("parent", *(name for name in SUBSTANCE if name != "parent_id"), "position", "depth")


@dataclass
class Plan:
    """What storing will write. `outcome` counts requirements added, changed, unchanged, withdrawn."""

    catalogue: Catalogue
    new: list[Requirement] = field(default_factory=list)
    changed: list[Requirement] = field(default_factory=list)
    renamed: list[UUID] = field(default_factory=list)
    new_statements: list[tuple[Any, ...]] = field(default_factory=list)
    changed_statements: list[Statement] = field(default_factory=list)
    outcome: Counter[str] = field(default_factory=Counter)

    @property
    def is_empty(self) -> bool:
        """Whether it writes no row."""
        return not (self.new or self.changed or self.new_statements or self.changed_statements)


def planned(catalogue: Catalogue, contents: Contents) -> Plan:
    """Compare the contents with what the catalogue holds. Reads everything in two queries, writes nothing."""
    stored = {} if catalogue.is_new else {row.pk: row for row in Requirement.objects.filter(catalogue=catalogue)}
    known = [Known(row.pk, row.identifier, row.stable_id, row.parent_id, row.position) for row in stored.values()]
    rows = [one.row for one in contents.rows]
    matches = matched(known, rows)
    plan = Plan(catalogue)
    statements = _stored_statements(catalogue)
    by_identifier: dict[str, Requirement] = {}
    for place in arranged(known, rows, matches):
        if place.new is None:
            _withdraw(plan, stored[place.missing], place, catalogue)
            continue
        one = contents.rows[place.new]
        found = stored.get(matches[place.new]) if place.new in matches else None
        before = None if found is None else _substance(found)
        row = found or Requirement(organisation_id=catalogue.organisation_id, catalogue=catalogue)
        was_at = (row.position, row.depth)
        parent = by_identifier.get(one.row.parent_identifier or "")
        _fill(row, one, place, parent)
        by_identifier[row.identifier] = row
        sentences = _statements(plan, row, one, statements.get(row.pk, {}))
        _note(plan, row, before, was_at, sentences)
    catalogue.counts = _counts(contents.rows, [stored[key] for key in stored if key not in set(matches.values())])
    return plan


def write(plan: Plan, act: Act, source: SourceFile | None) -> None:
    """Write the plan, inside an act, whose entry tells the catalogue's own change, not the text of a thousand rows."""
    act.save(plan.catalogue)
    for row in plan.renamed:
        # Out of the way first: two requirements may have swapped their identifiers.
        Requirement.objects.filter(pk=row).update(identifier=f"~{row}")
    insert(Requirement, COLUMNS, [_values(row) for row in plan.new])
    if plan.changed:
        Requirement.objects.bulk_create(
            plan.changed, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
        )
    insert(Statement, STATEMENT_COLUMNS, plan.new_statements)
    if plan.changed_statements:
        Statement.objects.bulk_create(
            plan.changed_statements,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["position", "verb", "text", "is_withdrawn"],
        )
    if source is not None:
        _keep(source)


def _values(row: Requirement) -> list[Any]:
    """The row in the order of COLUMNS. To send a thousand of them through Django would cost a third of a second."""
    return [
        *map(database_uuid, (row.pk, row.organisation_id, row.catalogue_id, row.parent_id)),
        row.identifier,
        row.label,
        row.stable_id,
        row.category,
        row.position,
        row.depth,
        row.title,
        row.text,
        row.guidance,
        dumps(row.translations),
        row.level,
        dumps(row.attributes),
        dumps(row.links),
        row.is_withdrawn,
    ]


def _keep(source: SourceFile) -> None:
    """The bytes of an earlier edition that comes again are there already; only when and how it came is new."""
    told = {name: getattr(source, name) for name in ("name", "findings", "outcome", "by", "at", "edition")}
    same = SourceFile.objects.filter(catalogue_id=source.catalogue_id, sha256=source.sha256)
    if not same.update(**told):
        source.save(force_insert=True)


def _fill(row: Requirement, one: CatalogueRow, place: Place, parent: Requirement | None) -> None:
    given = one.row
    row.parent = parent
    row.identifier, row.stable_id, row.category = given.identifier, given.stable_id or "", one.category
    row.label = given.label if given.label != given.identifier else ""
    row.position, row.depth = place.position, place.depth
    row.title, row.text, row.guidance = given.title, given.text, given.guidance
    row.translations = {language: dict(texts) for language, texts in one.translations.items()}
    row.level = str(given.level or "")
    row.attributes = {name: list(values) for name, values in given.attributes.items()}
    row.links = [
        {"rel": link.rel, "target": link.target, "text": link.text, "internal": link.is_internal}
        for link in given.links
    ] + [{"rel": "threat", "target": threat, "text": "", "internal": True} for threat in given.threats]
    row.is_withdrawn = given.withdrawn


def _substance(row: Requirement) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in SUBSTANCE)


def _note(
    plan: Plan, row: Requirement, before: tuple[Any, ...] | None, was_at: tuple[int, int], sentences: bool
) -> None:
    """Put a row of the file where it belongs, and count it."""
    is_counted = row.category in (Requirement.Kind.REQUIREMENT, Requirement.Kind.REFERENCE_CONTROL)
    if before is None:
        plan.new.append(row)
        plan.outcome["added"] += is_counted
        return
    after = _substance(row)
    has_changed = before != after or sentences
    if has_changed or was_at != (row.position, row.depth):
        plan.changed.append(row)
    if before[0] != row.identifier:
        plan.renamed.append(row.pk)
    was_withdrawn = bool(before[-1])
    outcome = "withdrawn" if row.is_withdrawn and not was_withdrawn else "changed" if has_changed else "unchanged"
    plan.outcome[outcome] += is_counted


def _withdraw(plan: Plan, row: Requirement, place: Place, catalogue: Catalogue) -> None:
    """A row that the new edition no longer has: nothing referred to is deleted."""
    is_counted = row.category in (Requirement.Kind.REQUIREMENT, Requirement.Kind.REFERENCE_CONTROL)
    if not row.is_withdrawn:
        plan.outcome["withdrawn"] += is_counted
    if (row.is_withdrawn, row.position, row.depth) != (True, place.position, place.depth):
        row.is_withdrawn, row.position, row.depth = True, place.position, place.depth
        plan.changed.append(row)


def _stored_statements(catalogue: Catalogue) -> dict[UUID, dict[str, Statement]]:
    found: dict[UUID, dict[str, Statement]] = {}
    if not catalogue.is_new:
        for statement in Statement.objects.filter(requirement__catalogue=catalogue):
            found.setdefault(statement.requirement_id, {})[statement.number] = statement
    return found


def _statements(plan: Plan, row: Requirement, one: CatalogueRow, stored: dict[str, Statement]) -> bool:
    """Match the sentences by number; True where one was added, changed or went away."""
    seen: set[str] = set()
    has_changed = False
    for position, given in enumerate(one.row.statements):
        number = (given.identifier or given.number)[:140]
        if number in seen:
            number = f"{number[:130]}~{position}"
        seen.add(number)
        statement = stored.get(number)
        values = (position, str(given.verb or ""), given.text, False)
        if statement is None:
            has_changed = True
            keys = (uuid7(), row.organisation_id, row.pk)
            plan.new_statements.append((*map(database_uuid, keys), number, *values))
        elif (statement.position, statement.verb, statement.text, statement.is_withdrawn) != values:
            has_changed = True
            statement.position, statement.verb, statement.text, statement.is_withdrawn = values
            plan.changed_statements.append(statement)
    for number, statement in stored.items():
        if number not in seen and not statement.is_withdrawn:
            has_changed = statement.is_withdrawn = True
            plan.changed_statements.append(statement)
    return has_changed


def _counts(rows: Sequence[CatalogueRow], missing: Sequence[Requirement]) -> dict[str, Any]:
    """What the catalogue holds then, the requirements included that the new edition no longer has."""
    counts = counts_of(rows)
    gone = [
        row for row in missing if row.category in (Requirement.Kind.REQUIREMENT, Requirement.Kind.REFERENCE_CONTROL)
    ]
    counts["requirements"] += len(gone)
    counts["withdrawn"] += len(gone)
    levels = Counter(counts["levels"]) + Counter(row.level for row in gone if row.level)
    counts["levels"] = dict(sorted(levels.items()))
    return counts


def source_file(catalogue: Catalogue, data: bytes, name: str, sha256: str, edition: str, by: str) -> SourceFile:
    return SourceFile(
        organisation_id=catalogue.organisation_id,
        catalogue=catalogue,
        name=name[:300],
        sha256=sha256,
        content=data,
        size=len(data),
        edition=edition,
        by=by[:200],
        at=timezone.now(),
    )
