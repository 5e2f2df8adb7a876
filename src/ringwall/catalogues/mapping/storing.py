"""A mapping's rows compared with what is stored (outside any transaction), and written in one short burst."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ringwall.access.policy import Actor
from ringwall.catalogues.mapping.contents import Contents, GivenMapping
from ringwall.catalogues.mapping.ends import Chooser, End, Ends
from ringwall.catalogues.mapping.models import MappedPair, Mapping, MappingFile
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.rules import catalogue_code, free_code
from ringwall.kit.acts import Act
from ringwall.kit.bulk import insert_rows
from ringwall.oscal import own
from ringwall.oscal.findings import Finding, FindingLog
from ringwall.oscal.mappings import MappingRow

OUTCOMES = ("added", "changed", "unchanged", "withdrawn", "left_out")
BATCH = 500
WRITTEN = (
    "relation",
    "rationale",
    "is_defaulted",
    "identifier",
    "given",
    "position",
    "withdrawn_on",
    "changed_at",
    "version",
)
RESERVED_CODES = frozenset({"import", "template"})

Key = tuple[UUID, UUID]


@dataclass
class Plan:
    """What storing one mapping will write. `outcome` counts rows by OUTCOMES; nothing is written where all the rest of
    the mapping is as it was too."""

    mapping: Mapping
    new: list[MappedPair] = field(default_factory=list)
    changed: list[MappedPair] = field(default_factory=list)
    outcome: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    """Rows that a person judged and the file says otherwise of: the person's word stands."""

    is_described_anew: bool = False

    @property
    def is_unchanged(self) -> bool:
        return not (self.mapping.is_new or self.new or self.changed or self.is_described_anew)

    def told(self) -> dict[str, Any]:
        mapping = self.mapping
        return {
            "mapping": mapping.code,
            "title": mapping.title,
            "version": mapping.edition,
            "source": mapping.source.code,
            "target": mapping.target.code,
            **{name: self.outcome[name] for name in OUTCOMES},
            "defaulted": self.outcome["defaulted"],
            "kept": self.kept,
        }


@dataclass
class Planned:
    """The plans of a file, and what was found in it."""

    plans: list[Plan]
    findings: list[Finding]


def planned(
    actor: Actor, contents: Contents, sha256: str, chosen: Sequence[Catalogue | None] = (None, None)
) -> Planned:
    """Compare each mapping of the file with what is stored. Writes nothing; a mapping whose catalogues are not here is
    told and left out."""
    chooser = Chooser(actor)
    log = FindingLog()
    plans: list[Plan] = []
    stored = list(Mapping.objects.filter(organisation_id=actor.organisation_id).select_related("source", "target"))
    taken = {one.code for one in stored} | RESERVED_CODES
    for given in contents.mappings:
        if not given.rows:
            log.add("warning", given.path, _("A mapping without rows was left out."))
            continue
        source, target = chooser.sides(given, chosen, is_only=len(contents.mappings) == 1)
        if source is None or target is None or source == target:
            log.add("error", given.path, _side_words(given, source, target))
            continue
        mapping = _stored(stored, contents.origin, given, source, target)
        if mapping is None:
            code = free_code(catalogue_code(f"{source.code} {target.code}"), taken)
            taken.add(code)
            mapping = Mapping(organisation_id=actor.organisation_id, code=code, source=source, target=target)
            stored.append(mapping)
        if mapping.is_withdrawn:
            words = _("The mapping %(mapping)s was withdrawn. Restore it first.")
            log.add("error", given.path, words % {"mapping": mapping})
            continue
        plan = Plan(mapping)
        _compare(plan, given.rows, chooser.ends(source), chooser.ends(target), log, given.path)
        _describe(plan, contents, given, sha256)
        plans.append(plan)
    return Planned(plans, [*contents.findings, *log.close()])


def _side_words(given: GivenMapping, source: Catalogue | None, target: Catalogue | None) -> str:
    if source is not None and source == target:
        return _("Both sides of the mapping are the same catalogue, %(catalogue)s. Choose the other one.") % {
            "catalogue": source
        }
    side, is_source = (given.source, True) if source is None else (given.target, False)
    if is_source:
        words = _("The catalogue from which the mapping leads is not here: %(name)s. Import or choose it first.")
    else:
        words = _("The catalogue to which the mapping leads is not here: %(name)s. Import or choose it first.")
    return words % {"name": str(side) or _("without a name")}


def _stored(
    stored: Sequence[Mapping], origin: str, given: GivenMapping, source: Catalogue, target: Catalogue
) -> Mapping | None:
    """The mapping that the file carries on: by the publisher's identifier, else by catalogues and title (or our short
    name, by which a spreadsheet goes out). A library names its mappings by their catalogues alone."""
    same = [one for one in stored if (one.source_id, one.target_id) == (source.pk, target.pk)]
    if key := given.document_id.casefold():
        return next((one for one in same if key in (one.document_id.casefold(), export_id(one))), None)
    if not given.title:
        return next((one for one in same if one.origin == origin), None)
    return next((one for one in same if given.title in (one.title, one.code)), None)


def export_id(mapping: Mapping) -> str:
    """The UUID under which it goes out: the publisher's where that is one."""
    given = mapping.document_id.casefold()
    return given if own.is_uuid(given) else own.uuid_of("mapping", str(mapping.pk))


def _describe(plan: Plan, contents: Contents, given: GivenMapping, sha256: str) -> None:
    """What the file says of the whole. A spreadsheet says nothing of a mapping that is here already."""
    mapping = plan.mapping
    title = given.title or contents.title or f"{mapping.source.title} → {mapping.target.title}"
    told = {"title": title[:300], "edition": contents.edition[:80], "publisher": contents.publisher[:200]}
    if mapping.is_new or given.document_id:
        for name, text in told.items():
            if text and text != getattr(mapping, name):
                setattr(mapping, name, text)
                plan.is_described_anew = True
    if plan.is_unchanged:
        return
    mapping.origin, mapping.sha256 = contents.origin, sha256
    mapping.document_id = mapping.document_id or given.document_id[:120]
    mapping.provenance = dict(given.provenance) or mapping.provenance
    mapping.imported_at = timezone.now()


def _compare(plan: Plan, rows: Sequence[MappingRow], source: Ends, target: Ends, log: FindingLog, path: str) -> None:
    mapping = plan.mapping
    pairs = [] if mapping.is_new else list(MappedPair.objects.filter(mapping=mapping))
    by_key = {key_of(pair): pair for pair in pairs}
    seen: set[Key] = set()
    places = _Places(source, target)
    for position, row in enumerate(rows):
        ends = places.ends_of(row)
        if ends is None:
            plan.outcome["left_out"] += 1
            continue
        key = (ends[0].statement or ends[0].requirement, ends[1].statement or ends[1].requirement)
        if key in seen:
            words = _("%(source)s → %(target)s stands there twice; only the first row was taken.")
            log.add("warning", path, words % {"source": row.source[:80], "target": row.target[:80]}, "a twin")
            plan.outcome["left_out"] += 1
            continue
        seen.add(key)
        plan.outcome["defaulted"] += row.is_defaulted
        _take(plan, by_key.get(key), row, ends, position)
    for pair in pairs:
        if key_of(pair) in seen or not pair.given or pair.is_withdrawn:
            continue
        if pair.said != pair.given:
            plan.kept += 1
        else:
            pair.withdrawn_on = timezone.localdate()  # without a reason: people give one
            plan.changed.append(pair)
            plan.outcome["withdrawn"] += 1
    places.tell(log, path)
    if plan.kept:
        words = ngettext(
            "%(count)d row that people judged or changed here was kept as it is; the file says otherwise.",
            "%(count)d rows that people judged or changed here were kept as they are; the file says otherwise.",
            plan.kept,
        )
        log.add("info", path, words % {"count": plan.kept})


class _Places:
    """Where the ends of rows lie in both catalogues; what is not there, or bears another number now, is told once."""

    def __init__(self, source: Ends, target: Ends) -> None:
        self.sides = (source, target)
        self.lost: Counter[tuple[str, str]] = Counter()
        self.renamed: dict[str, dict[str, str]] = {}

    def ends_of(self, row: MappingRow) -> tuple[End, End] | None:
        found = []
        given = ((row.source, row.source_stable_id), (row.target, row.target_stable_id))
        for side, (name, stable_id) in zip(self.sides, given, strict=True):
            title = side.catalogue.title_text
            now = side.name(name, stable_id)
            if now is None:
                self.lost[title, name] += 1
                continue
            if stable_id and now != name:
                self.renamed.setdefault(title, {})[name] = now
            found.append(side.end(now))
        return (found[0], found[1]) if len(found) == 2 else None

    def tell(self, log: FindingLog, path: str) -> None:
        for (title, name), count in self.lost.items():
            words = ngettext(
                "%(name)s is not in %(catalogue)s; %(count)d row was left out.",
                "%(name)s is not in %(catalogue)s; %(count)d rows were left out.",
                count,
            )
            log.add("warning", path, words % {"name": name[:80], "catalogue": title, "count": count}, "a lost end")
        for title, names in self.renamed.items():
            first, now = next(iter(names.items()))
            words = ngettext(
                "%(count)d end bears another number in this version of %(catalogue)s (%(old)s is %(new)s); it was "
                "found by its stable identifier.",
                "%(count)d ends bear other numbers in this version of %(catalogue)s (%(old)s is %(new)s); they were "
                "found by their stable identifiers.",
                len(names),
            )
            log.add("info", path, words % {"count": len(names), "catalogue": title, "old": first, "new": now})


def key_of(pair: MappedPair) -> Key:
    return pair.source_statement_id or pair.source_id, pair.target_statement_id or pair.target_id


def _take(plan: Plan, pair: MappedPair | None, row: MappingRow, ends: tuple[End, End], position: int) -> None:
    said = [str(row.relation), row.is_defaulted, row.rationale[:20_000]]
    if pair is None:
        (source, source_statement), (target, target_statement) = ends
        new = MappedPair(
            organisation_id=plan.mapping.organisation_id,
            mapping=plan.mapping,
            source_id=source,
            source_statement_id=source_statement,
            target_id=target,
            target_statement_id=target_statement,
            identifier=row.identifier[:120],
            position=position,
            given=said,
            version=1,
        )
        new.relation, new.is_defaulted, new.rationale = said  # type: ignore[assignment]
        plan.new.append(new)
        plan.outcome["added"] += 1
        return
    is_back = pair.is_withdrawn and not pair.withdrawn_reason
    if not is_back:
        if said == pair.given or (said == pair.said and not pair.is_withdrawn):
            plan.outcome["unchanged"] += 1
            return
        if pair.is_withdrawn or pair.said != pair.given:
            plan.kept += 1
            plan.outcome["unchanged"] += 1
            return
    pair.relation, pair.is_defaulted, pair.rationale = said  # type: ignore[assignment]
    pair.given, pair.position, pair.identifier = said, position, row.identifier[:120]
    pair.withdrawn_on = None
    plan.changed.append(pair)
    plan.outcome["changed"] += 1


def write(plan: Plan, act: Act, file: MappingFile) -> None:
    """Write the plan, inside an act, whose entry tells the mapping's own change, not a thousand rows."""
    mapping = plan.mapping
    mapping.file = file
    act.save(mapping)
    insert_rows(plan.new)
    for pair in plan.changed:
        pair.version += 1
        pair.touch()
    if plan.changed:
        MappedPair.objects.bulk_update(plan.changed, WRITTEN, batch_size=BATCH)
