"""A whole scope read from the database as plain facts; refused where a part of it is hidden from the asker."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.approvals.models import Signature
from ringwall.approvals.queries import last_number, signatures_of, standing
from ringwall.assets.models import Asset, Dependency
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.context.models import IsmsScope
from ringwall.context.queries import covered_scope
from ringwall.controls.actions import FIELDS
from ringwall.controls.models import Control, ControlRequirement
from ringwall.exchange.rules import facts
from ringwall.exchange.words import words
from ringwall.kit.errors import Denied
from ringwall.kit.fields import Target
from ringwall.ledger.queries import last_change
from ringwall.oscal import own
from ringwall.risk.models import JUDGEMENTS, AcceptanceState, Risk, RiskAsset
from ringwall.risk.plan.queries import Plan, PlannedRisk, plan_of
from ringwall.risk.words import level_word, option_word, step_word
from ringwall.soa.queries import Statement, StatementRow, statement

GRANTS = {"ssp": "soa.view", "component-definition": "soa.view", "poam": "rtp.view"}
"""Document → the grant that must hold over the whole scope. Records in it must be visible one by one besides."""

PEOPLE = {"control-owner": "owner_id", "control-designer": "designer_id", "control-implementer": "implementer_id"}
LINKED = ("title", "objective", "description", "requirements")
"""Fields of a control for which OSCAL has a place of its own."""

STATES = {"": "initial", "target_": "adjusted", "inherent_": "inherent"}
BATCH = 500


IMPORT = "soa_row.import"
"""The grant that must hold over the whole scope for a document of it to come in; each register asks its own besides."""


def scope_for(actor: Actor, ref: str, document: str) -> IsmsScope:
    """The scope, for somebody who may have the document of it. NotFound otherwise, as if there were none."""
    return covered_scope(actor, ref, GRANTS[document])


def facts_of(actor: Actor, scope: IsmsScope, document: str) -> facts.ScopeFacts:
    """What the document needs, in the language in use. Denied where the scope holds records that the actor does not
    see."""
    reading = _Reading(actor, scope)
    found = statement(scope) if document != "poam" else None
    plan = plan_of(scope) if document != "ssp" else None
    controls = reading.controls(found, plan)
    assets = reading.assets() if document == "ssp" else []
    risks = [row.risk for row in plan.rows] if plan and document == "poam" else []
    concerned = reading.concerned(risks)
    _require_all(actor, [*controls, *assets, *risks, *(asset for found in concerned.values() for asset in found)])
    ids = reading.control_ids(found, controls, plan if document == "poam" else None)
    standing_now = _Standing("rtp" if document == "poam" else "soa", scope)
    takings = [row.acceptance for row in plan.rows if row.acceptance] if plan and document == "poam" else []
    people = _people(scope, standing_now, controls, assets, risks, takings)
    stored = [row.stored for row in found.rows if row.stored] if found else []
    units = {control.unit_id: control.unit for control in controls}.values()
    subjects = [actor.organisation, scope, *controls, *assets, *risks, *stored, *takings, *people, *units]
    subjects += [asset for found in concerned.values() for asset in found]
    subjects += [standing_now.version] if standing_now.version else []
    return facts.ScopeFacts(
        organisation=facts.Party(str(actor.organisation.pk), actor.organisation.name),
        scope=_scope(scope, standing_now),
        version=standing_now.number,
        last_modified=_newest(scope.organisation_id, subjects, ids.catalogues.values()),
        language=(get_language() or "en")[:2],
        words=words(),
        people=tuple(facts.Party(str(person.pk), person.name, person.email) for person in people),
        sources=tuple(
            facts.Source(catalogue.code, catalogue.title, catalogue.document_id)
            for catalogue in sorted(ids.catalogues.values(), key=lambda catalogue: catalogue.code)
        ),
        safeguards=tuple(_safeguard(control, ids) for control in controls),
        decisions=tuple(_decision(row, scope, ids, controls) for row in found.rows) if found else (),
        assets=tuple(_asset(asset, reading.needs) for asset in assets),
        treatments=tuple(_treatment(row, ids, concerned.get(row.risk.pk, ())) for row in plan.rows)
        if plan and document == "poam"
        else (),
    )


class _Standing:
    """The version of the statement or plan that is in force, who decided on it, and whether it still holds."""

    def __init__(self, kind: str, scope: IsmsScope) -> None:
        state = standing(kind, scope)
        self.version = state.in_force
        self.signed = [
            signature
            for signature in (signatures_of(self.version) if self.version else [])
            if signature.part == Signature.Part.DECIDES
        ]
        self.decided_at = self.version.decided_at if self.version and not state.is_stale else None
        coming = state.open.number if state.open else last_number(kind, scope.pk) + 1
        self.number = str(self.version.number) if self.version and self.decided_at else f"{coming}-draft"


def _people(
    scope: IsmsScope,
    state: _Standing,
    controls: Sequence[Control],
    assets: Sequence[Asset],
    risks: Sequence[Risk],
    takings: Sequence[Any],
) -> list[Person]:
    """All who are named, by name."""
    named = {scope.owner_id, *(signature.person_id for signature in state.signed)}
    named |= {owned.owner_id for owned in (*assets, *risks)}
    named |= {getattr(control, name) for control in controls for name in PEOPLE.values()}
    named |= {person for taking in takings for person in (taking.by_id, taking.next_by_id)}
    return list(Person.objects.filter(pk__in=[pk for pk in named if pk]).order_by("name", "pk"))


def _scope(scope: IsmsScope, state: _Standing) -> facts.Scope:
    is_current = state.decided_at is not None
    return facts.Scope(
        id=str(scope.pk),
        ref=scope.ref,
        title=scope.title,
        covers=scope.covers,
        boundaries=scope.boundaries,
        exclusions=scope.exclusions,
        owner=_key(scope.owner_id),
        is_in_force=state.version is not None,
        authorised_on=state.decided_at.date().isoformat() if state.decided_at else "",
        authorised_by=tuple(str(signature.person_id) for signature in state.signed) if is_current else (),
    )


def _require_all(actor: Actor, records: Iterable[Any]) -> None:
    hidden = [record for record in records if not actor.may(f"{record.kind}.view", record)]
    if hidden:
        raise Denied(
            _("This document would hold records that you may not see."),
            remedy=_("Ask somebody who sees all controls, assets and risks of the scope."),
        )


@dataclass(frozen=True, slots=True)
class _ControlIds:
    """Under which ids the requirements at hand go out."""

    catalogues: Mapping[UUID, Catalogue]
    ids: Mapping[UUID, Mapping[str, str]]
    answers: Mapping[UUID, Sequence[Requirement]]

    def answer(self, requirement: Requirement) -> facts.Answer:
        named = self.ids[requirement.catalogue_id]
        control_id = named.get(requirement.identifier) or own.token_of(requirement.identifier)
        return facts.Answer(self.catalogues[requirement.catalogue_id].code, control_id)

    def of(self, control: Control) -> tuple[facts.Answer, ...]:
        return tuple(self.answer(requirement) for requirement in self.answers.get(control.pk, ()))


class _Reading:
    """One reading of a scope; a constant number of queries."""

    def __init__(self, actor: Actor, scope: IsmsScope) -> None:
        self.scope, self.organisation_id, self.units = scope, actor.organisation_id, actor.units
        self.needs: dict[UUID, list[UUID]] = {}

    def controls(self, found: Statement | None, plan: Plan | None) -> list[Control]:
        """The controls that the statement names and those that treat the risks, by reference."""
        refs = {view.ref for row in found.rows for view in row.controls} if found else set()
        ids = {control.pk for control in plan.controls} if plan else set()
        rows: dict[UUID, Control] = {}
        base = Control.objects.filter(organisation_id=self.organisation_id, withdrawn_on=None)
        base = base.select_related("unit", "owner", "designer", "implementer", "reports_to")
        by_ref, by_id = sorted(refs), sorted(ids)
        for at in range(0, max(len(by_ref), len(by_id)), BATCH):
            part = Q(ref__in=by_ref[at : at + BATCH]) | Q(pk__in=by_id[at : at + BATCH])
            rows |= {row.pk: row for row in base.filter(part)}
        return sorted(rows.values(), key=lambda control: control.ref_key)

    def assets(self) -> list[Asset]:
        """The assets of the scope's units, those its risks name, and what all of these depend on, by reference."""
        named = [unit.pk for unit in self.scope.units.all()] or [self.scope.unit_id]
        within = set().union(*(self.units.below(unit_id) for unit_id in named))
        rows = Asset.objects.filter(organisation_id=self.organisation_id, withdrawn_on=None)
        present = {asset.pk: asset for asset in rows.select_related("owner")}
        pairs = Dependency.objects.filter(organisation_id=self.organisation_id).order_by("needs__ref_key")
        for asset_id, needed in pairs.values_list("asset_id", "needs_id"):
            if asset_id in present and needed in present:
                self.needs.setdefault(asset_id, []).append(needed)
        threatened = RiskAsset.objects.filter(risk__scope=self.scope, risk__withdrawn_on=None)
        waiting = [pk for pk, asset in present.items() if asset.unit_id in within]
        waiting += [pk for pk in threatened.values_list("asset_id", flat=True) if pk in present]
        found: set[UUID] = set()
        while waiting:
            if (pk := waiting.pop()) not in found:
                found.add(pk)
                waiting += self.needs.get(pk, ())
        return sorted((present[pk] for pk in found), key=lambda asset: asset.ref_key)

    def concerned(self, risks: Sequence[Risk]) -> dict[UUID, list[Asset]]:
        """Risk → the assets that it concerns, by reference."""
        found: dict[UUID, list[Asset]] = {}
        if risks:
            links = RiskAsset.objects.filter(risk__scope=self.scope, risk__withdrawn_on=None, asset__withdrawn_on=None)
            for link in links.select_related("asset").order_by("asset__ref_key"):
                found.setdefault(link.risk_id, []).append(link.asset)
        return found

    def control_ids(self, found: Statement | None, controls: Sequence[Control], plan: Plan | None) -> _ControlIds:
        answers: dict[UUID, list[Requirement]] = {}
        links = ControlRequirement.objects.filter(organisation_id=self.organisation_id)
        links = links.select_related("requirement__catalogue").order_by(
            "requirement__catalogue__code", "requirement__position"
        )
        wanted = {control.pk for control in controls}
        for link in links:
            if link.control_id in wanted:
                answers.setdefault(link.control_id, []).append(link.requirement)
        rows = [requirement for named in answers.values() for requirement in named]
        rows += [row.requirement for row in found.rows if row.requirement] if found else []
        rows += [requirement for row in plan.rows for requirement in row.risk.requirements.all()] if plan else []
        catalogues = {pk: None for pk in dict.fromkeys(row.catalogue_id for row in rows)}
        by_id = Catalogue.objects.in_bulk(list(catalogues))
        # Loaded by name: writing catalogues brings readers and parsers with it.
        exporting = import_module("ringwall.catalogues.exporting")
        return _ControlIds(by_id, {pk: exporting.control_ids(one) for pk, one in by_id.items()}, answers)


def _key(pk: UUID | None) -> str:
    return str(pk) if pk else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _safeguard(control: Control, ids: _ControlIds) -> facts.Safeguard:
    return facts.Safeguard(
        id=str(control.pk),
        ref=control.ref,
        title=control.title,
        objective=control.objective,
        description=control.description,
        state=control.state,
        blocked_reason=control.blocked_reason,
        due_on=_day(control.due_on),
        implemented_on=_day(control.implemented_on),
        people={part: str(pk) for part, name in PEOPLE.items() if (pk := getattr(control, name))},
        answers=ids.of(control),
        fields={name: text for name in FIELDS if name not in LINKED and (text := cell(control, name))},
    )


def cell(record: Any, name: str) -> str:
    """A field as a sheet would hold it, whatever the language."""
    value = getattr(record, name)
    if record._meta.get_field(name).is_relation:
        return Target.text(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _decision(row: StatementRow, scope: IsmsScope, ids: _ControlIds, controls: Sequence[Control]) -> facts.Decision:
    by_ref = {control.ref: str(control.pk) for control in controls}
    if row.requirement is not None:
        answer = ids.answer(row.requirement)
    else:
        answer = facts.Answer(facts.OWN, own.token_of(row.key))
    about = row.requirement or row.control
    return facts.Decision(
        id=str(row.stored.pk) if row.stored else f"{scope.pk}/{about.pk if about else row.key}",
        source=answer.source,
        control_id=answer.control_id,
        title=row.title,
        applicability=row.applicability,
        justification=row.justification,
        drivers=tuple(row.confirmed),
        progress=str(row.progress),
        safeguards=tuple(by_ref[view.ref] for view in row.controls if view.ref in by_ref),
    )


def _asset(asset: Asset, needs: Mapping[UUID, Sequence[UUID]]) -> facts.Asset:
    return facts.Asset(
        id=str(asset.pk),
        ref=asset.ref,
        title=asset.title,
        description=asset.description,
        category=asset.category,
        owner=_key(asset.owner_id),
        quantity=asset.quantity,
        classification=asset.classification,
        confidentiality=asset.confidentiality,
        integrity=asset.integrity,
        availability=asset.availability,
        needs=tuple(str(pk) for pk in needs.get(asset.pk, ())),
    )


def _treatment(row: PlannedRisk, ids: _ControlIds, assets: Sequence[Asset]) -> facts.Treatment:
    risk, acceptance = row.risk, row.acceptance
    return facts.Treatment(
        id=str(risk.pk),
        ref=risk.ref,
        title=risk.title,
        description=risk.description,
        threat=risk.threat,
        vulnerability=risk.vulnerability,
        owner=_key(risk.owner_id),
        option=risk.treatment,
        option_word=capfirst(option_word(risk.treatment, risk.scope)),
        note=risk.treatment_note,
        due_on=_day(risk.due_on),
        is_above_acceptance=risk.is_above_acceptance,
        criteria=_key(risk.edition_id),
        judgements=tuple(_judgements(risk)),
        taking=facts.Taking(
            id=str(acceptance.pk),
            state="in_force" if acceptance.state == AcceptanceState.IN_FORCE else "waiting",
            reason=acceptance.reason,
            at=_instant(acceptance.at),
            until_on=_day(acceptance.until_on),
            by=tuple(str(pk) for pk in (acceptance.by_id, acceptance.next_by_id) if pk),
        )
        if acceptance
        else None,
        safeguards=tuple(str(control.pk) for control in row.controls),
        answers=tuple(
            ids.answer(requirement)
            for requirement in sorted(risk.requirements.all(), key=lambda r: (str(r.catalogue_id), r.position))
        ),
        assets={str(asset.pk): str(asset) for asset in assets},
    )


def _judgements(risk: Risk) -> Iterable[facts.Judgement]:
    criteria = risk.criteria
    for prefix in JUDGEMENTS:
        if (level := getattr(risk, f"{prefix}level")) is not None:
            yield facts.Judgement(
                STATES[prefix],
                likelihood := getattr(risk, f"{prefix}likelihood"),
                consequence := getattr(risk, f"{prefix}consequence"),
                level,
                {
                    "likelihood": step_word(criteria, "likelihood", likelihood),
                    "consequence": step_word(criteria, "consequence", consequence),
                    "level": level_word(criteria, level),
                },
            )


def _newest(organisation_id: UUID, subjects: Sequence[Any], catalogues: Iterable[Catalogue]) -> str:
    """The instant of the newest change in what goes out, by the ledger; catalogues count from their import."""
    instants = [catalogue.imported_at for catalogue in catalogues]
    instants += [record.changed_at for record in subjects if getattr(record, "changed_at", None)]
    if changed := last_change(organisation_id, [record.pk for record in subjects]):
        instants.append(changed)
    return _instant(max(instants))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
