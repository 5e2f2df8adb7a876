"""A security plan or a plan of action comes back: every part by the import of the register that holds it, the whole as
one preview and one act.

A record is found again by the UUID under which Ringwall exported it, by its reference, or by an id that follows from
the UUID in a file of others, so that the same file twice makes nothing twice. Loaded by name: reading brings parsers
with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.context.queries import covered_scope
from ringwall.exchange.exporting import MODELS
from ringwall.exchange.queries import GRANTS, cell
from ringwall.exchange.rules.entries import Contents, Entry
from ringwall.exchange.rules.milestones_entries import milestones_contents
from ringwall.exchange.rules.plan_entries import plan_contents
from ringwall.exchange.sheets import Known
from ringwall.exchange.words import note
from ringwall.kit import registry
from ringwall.kit.acts import acting
from ringwall.kit.errors import Invalid
from ringwall.kit.imports import OUTCOMES, Finding, Plan, PlannedRow, plan_of_rows, store
from ringwall.oscal import own
from ringwall.oscal.milestones import PlanOfActionAndMilestones
from ringwall.oscal.reader import read
from ringwall.oscal.system_security_plan import SystemSecurityPlan
from ringwall.risk.models import AcceptanceState
from ringwall.soa.actions import row_ref
from ringwall.soa.queries import StatementRow, reference_of, statement
from ringwall.soa.rules import UNDECIDED

KINDS = ("scope", "asset", "control", "risk", "soa_row")
"""In the order in which they are stored: what others link to comes first."""

LINKED = {"depends_on": "asset", "assets": "asset", "controls": "control", "control": "control"}
"""Field that links → kind of what it links to."""


@dataclass
class DocumentPlan:
    """What a file would do to a scope; `document` is "" where it is none that can be imported."""

    scope: IsmsScope
    document: str = ""
    plans: list[Plan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {outcome: sum(plan.counts[outcome] for plan in self.plans) for outcome in OUTCOMES}

    @property
    def all_findings(self) -> list[Finding]:
        return [*self.findings, *(finding for plan in self.plans for finding in plan.all_findings)]

    @property
    def is_refused(self) -> bool:
        return any(finding.severity == "error" for finding in self.all_findings) or bool(self.counts["refused"])

    @property
    def can_store(self) -> bool:
        counts = self.counts
        return not self.is_refused and bool(counts["added"] or counts["changed"])

    def report(self) -> dict[str, Any]:
        registers = {plan.register.slug: plan.counts for plan in self.plans}
        findings = [finding.told() for finding in self.all_findings]
        told: dict[str, Any] = {"document": self.document, "scope": self.scope.ref}
        return told | self.counts | {"registers": registers, "findings": findings}


def plan_document(actor: Actor, scope: IsmsScope, data: bytes, name: str) -> DocumentPlan:
    """What the file would change. Raises NotFound where the actor may not have the document of this scope, Denied where
    they may not import into one of the registers. What is wrong with the file becomes findings."""
    reading = read(data, name)
    found = DocumentPlan(scope)
    found.findings = [Finding(one.severity, None, one.path, one.message) for one in reading.findings]
    if reading.document is None or reading.errors:
        return found
    match reading.document:
        case SystemSecurityPlan():
            found.document, contents = "ssp", plan_contents(reading.document)
        case PlanOfActionAndMilestones():
            found.document, contents = "poam", milestones_contents(reading.document)
        case _:
            found.findings.append(Finding("error", None, reading.model, note("no_plan")))
            return found
    covered_scope(actor, scope.ref, GRANTS[found.document])
    _Planning(actor, found, contents, reading.document.uuid).run()
    return found


def store_document(plan: DocumentPlan, actor: Actor) -> dict[str, int]:
    """Carry the whole out as one act. Raises Invalid where anything is refused, Conflict where a record changed
    meanwhile."""
    if plan.is_refused:
        raise Invalid({"": [_("Nothing was stored: some rows are refused. Mend them and try again.")]})
    with acting(actor, "oscal.import", f"{MODELS[plan.document]}, {plan.scope.ref}"):
        for one in plan.plans:
            store(one, actor)
    return plan.counts


class _Planning:
    """One planning of one document: a constant number of queries."""

    def __init__(self, actor: Actor, found: DocumentPlan, contents: Contents, document_id: str) -> None:
        self.actor, self.found, self.contents, self.scope = actor, found, contents, found.scope
        self.document_id = document_id
        self.rows: dict[str, list[tuple[Entry, PlannedRow]]] = {kind: [] for kind in KINDS}
        self.pks: dict[str, dict[str, UUID]] = {kind: {} for kind in KINDS}
        cited = [entry.cited for entry in contents.entries if entry.cited]
        self.known = Known(actor, cited, reference_of(self.scope)) if cited else None
        self.people = _People(actor, contents.parties)
        self.taken: set[UUID] = set()
        self.hidden: set[UUID] = set()
        self.decided: set[str] = set()
        self.places: dict[tuple[str, str], list[str]] = {}
        self.statement: dict[str, StatementRow] = {}

    def run(self) -> None:
        self._plan()
        self._tell()

    def _plan(self) -> None:
        for code, path, number in self.contents.notes:
            self.say("info", path, note(code, number))
        if not self._is_of_this_scope():
            return
        entries: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
        for entry in self.contents.entries:
            entries[entry.kind].append(entry)
        linked = {LINKED[name] for entry in self.contents.entries for name in entry.links}
        wanted = [kind for kind in KINDS if kind != "soa_row" and (entries[kind] or kind in linked)]
        records = {kind: self._records(kind, entries[kind]) for kind in wanted}
        for kind, found in records.items():
            for entry in entries[kind]:
                self._take(entry, found.get(self.pks[kind][entry.id]))
        self._decide(entries["soa_row"])
        coming: list[Any] = []
        for kind in KINDS:
            if self.rows[kind]:
                plan = self._planned(kind, coming)
                coming += [row.record for row in plan.rows if row.record is not None and row.outcome == "added"]
        self._place_new_decisions()

    def say(self, severity: str, path: str, message: str) -> None:
        self.places.setdefault((severity, message), []).append(path)

    def _tell(self) -> None:
        """What was said, each thing once, with the first place and how many more there are."""
        for (severity, message), paths in self.places.items():
            more = len(paths) - 1
            told = ngettext("and %(count)d more place", "and %(count)d more places", more) % {"count": more}
            self.found.findings.append(Finding(severity, None, f"{paths[0]} ({told})" if more else paths[0], message))

    def _is_of_this_scope(self) -> bool:
        """False where the file tells of another scope of the organisation. One that is of none of its scopes, by others
        or from elsewhere, is taken into this one."""
        scopes = IsmsScope.objects.filter(organisation_id=self.actor.organisation_id)
        by_id = {own.uuid_of("scope", str(scope.pk)): scope for scope in scopes}
        meant = [by_id[key] for key in self.contents.systems if key in by_id]
        if meant and self.scope.pk not in {one.pk for one in meant}:
            self.say("error", MODELS[self.found.document], note("other_scope") % {"scope": meant[0].ref})
            return False
        return True

    def _records(self, kind: str, entries: Sequence[Entry]) -> dict[Any, Any]:
        """Record id → record, for all that are here already; and what each entry is known as, here or from now on."""
        model = registry.registers[kind].model
        rows = model._base_manager.filter(organisation_id=self.actor.organisation_id)
        seen = set(model.objects.visible_to(self.actor).values_list("pk", flat=True))
        exported: dict[str, UUID] = {}
        by_ref: dict[str, UUID] = {}
        present: set[UUID] = set()
        for pk, now in rows.values_list("pk", "ref"):
            exported[own.uuid_of(kind, str(pk))] = by_ref[now] = pk
            present.add(pk)
        known = self.pks[kind]
        if kind in LINKED.values():
            # Links may lead to records that are in no entry.
            known.update(exported)
        for entry in entries:
            ref = entry.fields.get("ref", "").strip() if entry.is_ours else ""
            known[entry.id or entry.path] = exported.get(entry.id) or by_ref.get(ref) or self._new_id(kind, entry)
            entry.id = entry.id or entry.path
        self.hidden |= present - seen
        self._known_by_name(kind, by_ref)
        wanted = [known[entry.id] for entry in entries if known[entry.id] in seen]
        found: dict[Any, Any] = {}
        for at in range(0, len(wanted), 500):
            part = rows.filter(pk__in=wanted[at : at + 500]).select_related("unit", "owner")
            found |= {row.pk: row for row in part.prefetch_related(*_links_of(model))}
        return found

    def _known_by_name(self, kind: str, by_ref: Mapping[str, UUID]) -> None:
        for entry in self.contents.entries:
            for name, key in LINKED.items():
                for target in entry.links.get(name, ()) if key == kind else ():
                    if (ref := entry.names.get(target)) and ref in by_ref:
                        self.pks[kind].setdefault(target, by_ref[ref])

    def _new_id(self, kind: str, entry: Entry) -> UUID:
        """The id that a part of a file gets as a record: the same for the same file in the same organisation."""
        part = entry.id or f"{self.document_id}/{entry.path}"
        return uuid5(self.actor.organisation_id, f"{kind}/{part.casefold()}")

    def _take(self, entry: Entry, record: Any) -> None:
        """The row of an entry: what it says that is not stored like this already."""
        if entry.kind == "scope" and (record is None or record.pk != self.scope.pk):
            self.say("info", entry.path, note("scope_left", 1))
            return
        pk = self.pks[entry.kind][entry.id]
        if pk in self.taken:
            self.say("warning", entry.path, note("twice") % {"id": entry.id[:80]})
            return
        self.taken.add(pk)
        row = self._row(entry, record, pk)
        if pk in self.hidden:
            row.refuse("", note("hidden"))
        if entry.kind == "control" and not entry.fields["title"]:
            row.raw["title"] = self._title(entry)
        if record is None:
            row.raw |= {"unit": str(self.scope.unit_id)} | ({"scope": self.scope.ref} if entry.kind == "risk" else {})
        elif entry.kind == "risk" and record.scope_id != self.scope.pk:
            row.refuse("", note("other_scope") % {"scope": record.scope.ref})
        for code in entry.notes:
            if code != "acceptance" or record is None or record.acceptance == AcceptanceState.NONE:
                self.say("info", entry.path, note(code, 1))

    def _row(self, entry: Entry, record: Any, pk: UUID) -> PlannedRow:
        rows = self.rows[entry.kind]
        row = PlannedRow(len(rows) + 1, record.ref if record is not None else entry.fields.get("ref", ""), {}, key=pk)
        rows.append((entry, row))
        model = registry.registers[entry.kind].model
        for name, text in entry.fields.items():
            if name == "ref":
                if record is not None and entry.is_ours and text.strip() != record.ref:
                    self.say("info", entry.path, note("renamed") % {"ref": text[:40], "now": record.ref})
                elif record is None:
                    row.raw["ref"] = text
            elif record is None or cell(record, name) != text:
                row.raw[name] = text if entry.is_ours else self._fitting(model, name, text, entry)
        for name, parties in entry.people.items():
            self._take_person(entry, row, record, name, parties)
        for name, ids in entry.links.items():
            if name != "control":
                self._take_links(entry, row, record, name, self._pks(entry, name, ids))
        if entry.cited is not None and entry.kind != "soa_row":
            self._take_requirements(entry, row, record)
        return row

    def _fitting(self, model: Any, name: str, text: str, entry: Entry) -> str:
        """A text of others, as long as the field may be."""
        longest = model._meta.get_field(name).max_length
        if longest is None or len(text) <= longest:
            return text
        self.say("warning", entry.path, note("cut") % {"longest": longest})
        return f"{text[: longest - 1]}…"

    def _take_person(self, entry: Entry, row: PlannedRow, record: Any, name: str, parties: Sequence[str]) -> None:
        known = [person for party in parties if (person := self.people.of(party)) is not None]
        if parties and not known:
            names = ", ".join(filter(None, (self.contents.parties.get(party, ("",))[0] for party in parties)))
            # Whom another organisation names need not be a person here.
            self.say("info" if not entry.is_ours else "warning", entry.path, note("person") % {"name": names[:120]})
            return
        pk = known[0] if known else None
        now = getattr(record, f"{name}_id") if record is not None else None
        if pk != now and (pk is not None or entry.is_ours):
            row.raw[name] = str(pk) if pk else ""

    def _pks(self, entry: Entry, name: str, ids: Iterable[str]) -> list[UUID]:
        known, found = self.pks[LINKED[name]], []
        for key in ids:
            if key in known:
                found.append(known[key])
            elif entry.is_ours:
                self.say("warning", entry.path, note("link") % {"id": key[:80]})
        return found

    def _take_links(self, entry: Entry, row: PlannedRow, record: Any, name: str, wanted: Sequence[UUID]) -> None:
        """Links to what is withdrawn are not in a document and stay; those that others do not tell of stay too."""
        now = list(getattr(record, name).all()) if record is not None else []
        kept = {one.pk for one in now if one.is_withdrawn or not entry.is_ours}
        if {one.pk for one in now} | kept != {*wanted} | kept:
            row.raw[name] = [str(pk) for pk in dict.fromkeys([*wanted, *kept])]

    def _take_requirements(self, entry: Entry, row: PlannedRow, record: Any) -> None:
        wanted = self._texts(entry)
        now = [one.input_text for one in record.requirements.all()] if record is not None else []
        kept = [] if entry.is_ours else now
        if {*now} != {*wanted, *kept}:
            row.raw["requirements"] = list(dict.fromkeys([*wanted, *kept]))

    def _texts(self, entry: Entry) -> list[str]:
        if not entry.cited or self.known is None:
            return []
        texts, lost = self.known.texts(entry.cited)
        for text in lost:
            self.say("warning", entry.path, text)
        return texts

    def _title(self, entry: Entry) -> str:
        """What tells of the system as a whole how a requirement is met bears the name of the requirement."""
        if not entry.cited or self.known is None:
            return entry.id
        texts, _lost = self.known.texts(entry.cited)
        row = self._statement_rows().get(texts[0]) if texts else None
        return (f"{row.key} {row.title}" if row else entry.cited[0][1])[:200]

    def _statement_rows(self) -> dict[str, StatementRow]:
        """Rows of the statement as it stands, by the text that names the requirement, or the id of the own control."""
        if not self.statement:
            for row in statement(self.scope).rows:
                about = row.requirement.input_text if row.requirement else str(row.control.pk if row.control else "")
                self.statement[about] = row
        return self.statement

    def _decide(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        rows = self._statement_rows()
        exported = {own.uuid_of("soa_row", _exported_as(self.scope, row)): row for row in rows.values()}
        for entry in entries:
            row = exported.get(entry.id) if entry.is_ours else None
            controls = self._pks(entry, "control", entry.links.get("control", ())) if row is None else []
            if row is None and controls:
                row = rows.get(str(controls[0])) or StatementRow(self._ref_of(controls[0]), "", "")
            elif row is None:
                row = next((rows[text] for text in self._texts(entry) if text in rows), None)
            if row is not None:
                self._decide_one(entry, row, controls)
            elif entry.fields.get("applicability") != UNDECIDED:
                named = entry.cited[0][1] if entry.cited else entry.names.get("", "")
                self.say("warning", entry.path, note("no_row") % {"id": named[:80]})

    def _decide_one(self, entry: Entry, row: StatementRow, controls: Sequence[UUID]) -> None:
        stored = row.stored
        is_undecided = entry.fields.get("applicability") == UNDECIDED and not entry.fields.get("justification")
        if stored is None and is_undecided:
            return
        key = row_ref(self.scope, row.key)
        if key in self.decided:
            self.say("warning", entry.path, note("twice") % {"id": row.key[:80]})
            return
        self.decided.add(key)
        made = self._row(entry, stored, stored.pk if stored else self._new_id("soa_row", entry))
        if stored is None:
            made.ref = key
            made.raw |= {"ref": key, "scope": self.scope.ref}
            if row.requirement is not None:
                made.raw["requirement"] = str(row.requirement.pk)
            else:
                made.raw["control"] = str(row.control.pk if row.control else controls[0])
        if entry.drivers is not None and entry.drivers != frozenset(row.confirmed):
            self.say("info", entry.path, note("drivers", 1))

    def _ref_of(self, pk: UUID) -> str:
        return next((row.ref for _entry, row in self.rows["control"] if row.key == pk), str(pk)[:8])

    def _planned(self, kind: str, coming: Sequence[Any]) -> Plan:
        register = registry.registers[kind]
        plan = plan_of_rows(register, self.actor, [row for _entry, row in self.rows[kind]], coming=coming)
        for entry, row in self.rows[kind]:
            row.findings = [
                replace(one, row=None, column=" · ".join(filter(None, (entry.path, one.column))))
                for one in row.findings
            ]
        self.found.plans.append(plan)
        return plan

    def _place_new_decisions(self) -> None:
        """A new row stands where the statement has it."""
        places = {row.key: number for number, row in enumerate(self.statement.values())}
        for _entry, row in self.rows["soa_row"]:
            if row.outcome == "added":
                row.record.position = places.get(row.ref.partition(":")[2], len(places))


class _People:
    """Who of the organisation is meant by a party: by the id under which they went out, by address, or by a name that
    one of them alone bears."""

    def __init__(self, actor: Actor, parties: Mapping[str, tuple[str, Sequence[str]]]) -> None:
        rows = Person.objects.filter(organisation_id=actor.organisation_id)
        self.parties = parties
        self.exported: dict[str, UUID] = {}
        self.by_email: dict[str, UUID] = {}
        self.by_name: dict[str, UUID | None] = {}
        for pk, name, email, gone in rows.values_list("pk", "name", "email", "withdrawn_on"):
            self.exported[own.uuid_of("party", str(pk))] = pk
            if gone is None:
                if email:
                    self.by_email[email.casefold()] = pk
                self.by_name[name] = None if name in self.by_name else pk

    def of(self, party: str) -> UUID | None:
        if party in self.exported:
            return self.exported[party]
        name, emails = self.parties.get(party, ("", ()))
        found = next((self.by_email[key] for one in emails if (key := str(one).casefold()) in self.by_email), None)
        return found or self.by_name.get(name)


def _links_of(model: Any) -> list[str]:
    names = {one.name for one in model._meta.many_to_many}
    return [*({"requirements__catalogue"} if "requirements" in names else ()), *(names & LINKED.keys())]


def _exported_as(scope: IsmsScope, row: StatementRow) -> str:
    about = row.requirement or row.control
    return str(row.stored.pk) if row.stored else f"{scope.pk}/{about.pk if about else row.key}"
