"""The statement of a scope as one question: the same rows for the page, the documents, the sheet and the API."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from ringwall.access.memory import remembered
from ringwall.access.policy import Actor
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.context.models import IsmsScope, Obligation, ObligationRequirement
from ringwall.context.queries import covered_scope
from ringwall.controls.models import Control, ControlRequirement, State
from ringwall.evidence.models import Evidence
from ringwall.kit.errors import NotFound
from ringwall.risk.models import Option, Risk, RiskControl, RiskRequirement
from ringwall.risk.queries import UNTREATED
from ringwall.soa import rules
from ringwall.soa.models import SoaRow

ANNEX_A = "iso27001-2022-annex-a"
CLAUSES = "iso27001-2022"


@dataclass(frozen=True, slots=True)
class Driver:
    """Why a row is needed. `kind`: risk, obligation, contract, decision."""

    kind: str
    ref: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ControlView:
    """A control as the statement shows it."""

    ref: str
    title: str
    state: str
    state_label: str
    owner: str
    due_on: date | None
    verified_on: date | None
    evidence: int


@dataclass(slots=True)
class StatementRow:
    """One line. `key` is the identifier (own controls: their reference), `stored` the decision's row, if there is
    one.
    """

    key: str
    title: str
    theme: str
    requirement: Requirement | None = None
    control: Control | None = None
    stored: SoaRow | None = None
    drivers: list[Driver] = field(default_factory=list)
    controls: list[ControlView] = field(default_factory=list)

    @property
    def applicability(self) -> str:
        return self.stored.applicability if self.stored else rules.UNDECIDED

    @property
    def applicability_label(self) -> str:
        return str(SoaRow.Applicability(self.applicability).label)

    @property
    def justification(self) -> str:
        return self.stored.justification if self.stored else ""

    @property
    def confirmed(self) -> list[str]:
        return list(self.stored.drivers) if self.stored else []

    @property
    def progress(self) -> rules.Progress:
        return rules.progress([control.state for control in self.controls])

    @property
    def evidence(self) -> int:
        return sum(control.evidence for control in self.controls)

    @property
    def findings(self) -> list[rules.Finding]:
        return rules.findings(
            rules.RowState(
                self.applicability,
                bool(self.justification.strip()),
                [driver.ref for driver in self.drivers],
                self.confirmed,
                [control.state for control in self.controls],
                [control.ref for control in self.controls if not control.owner],
            )
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """A scope's statement of applicability as it stands now."""

    scope: IsmsScope
    catalogue: Catalogue | None
    rows: list[StatementRow]
    untreated: list[Risk]

    def count(self, applicability: str) -> int:
        return sum(row.applicability == applicability for row in self.rows)

    @property
    def unprepared(self) -> list[StatementRow]:
        return [row for row in self.rows if row.stored is None]


def scope_of(actor: Actor, ref: str, grant: str = "soa.view") -> IsmsScope:
    return covered_scope(actor, ref, grant)


def scopes_of(actor: Actor, grant: str = "soa.view") -> list[IsmsScope]:
    """Scopes over which the grant holds whole, by reference."""
    rows = IsmsScope.objects.filter(organisation_id=actor.organisation_id, withdrawn_on=None).prefetch_related("units")
    return [scope for scope in rows.order_by("ref_key") if scope.is_covered_by(actor, grant)]


def reference_of(scope: IsmsScope) -> Catalogue | None:
    if scope.reference_id:
        return scope.reference
    return Catalogue.objects.filter(organisation__is_installation=True, code=ANNEX_A).first()


def statement(scope: IsmsScope) -> Statement:
    """All rows with drivers, controls and evidence, in a constant number of queries."""
    catalogue = reference_of(scope)
    entries = _entries(catalogue) if catalogue else []
    drivers = _Drivers(scope)
    rows = {
        entry.pk: StatementRow(entry.identifier, entry.title_text, theme, requirement=entry) for entry, theme in entries
    }
    for entry in _others(rows, drivers, catalogue):
        rows[entry.pk] = StatementRow(
            f"{entry.catalogue.code}:{entry.identifier}", entry.title_text, str(entry.catalogue), requirement=entry
        )
    _add_controls(rows, scope, drivers)
    own = _own_controls(scope, rows, drivers)
    everything = [*rows.values(), *own]
    stored = {
        row.requirement_id or row.control_id: row
        for row in SoaRow.objects.filter(scope=scope, withdrawn_on=None).select_related(
            "requirement__catalogue", "control", "scope"
        )
    }
    for row in everything:
        row.stored = stored.get(row.requirement.pk if row.requirement else row.control.pk)  # type: ignore[union-attr]
    return Statement(scope, catalogue, everything, _untreated(scope))


def as_shown(scope: IsmsScope) -> Statement:
    """The statement for pages and documents, put together again after the next act or day. Nobody changes it."""
    key = ("statement", scope.pk, get_language(), timezone.localdate())
    return remembered(scope.organisation_id, key, lambda: statement(scope))


def _entries(catalogue: Catalogue) -> list[tuple[Requirement, str]]:
    """What a statement over this catalogue answers, each with the title of its group."""
    groups: dict[UUID, Requirement] = {}
    found = []
    for row in Requirement.objects.filter(catalogue=catalogue).order_by("position").select_related("catalogue"):
        if row.category == Requirement.Kind.GROUP:
            groups[row.pk] = row
        elif not row.is_withdrawn and row.category != Requirement.Kind.THREAT:
            group = groups.get(row.parent_id)  # type: ignore[arg-type]
            found.append((row, group.title_text if group else str(row.attributes.get("theme", ""))))
    return found


class _Drivers:
    """What calls for reference controls in a scope: its treated risks and the organisation's obligations."""

    def __init__(self, scope: IsmsScope) -> None:
        risks = Risk.objects.filter(scope=scope, withdrawn_on=None).exclude(
            treatment__in=[Option.UNDECIDED, Option.AVOID]
        )
        self.risks = {risk.pk: risk for risk in risks.only("ref", "title", "organisation", "version", "treatment")}
        self.by_requirement: dict[UUID, list[Driver]] = defaultdict(list)
        self.by_control: dict[UUID, list[Driver]] = defaultdict(list)
        for risk_id, requirement_id in RiskRequirement.objects.filter(risk_id__in=self.risks).values_list(
            "risk_id", "requirement_id"
        ):
            self.by_requirement[requirement_id].append(self._risk(risk_id))
        for risk_id, control_id in RiskControl.objects.filter(risk_id__in=self.risks).values_list(
            "risk_id", "control_id"
        ):
            self.by_control[control_id].append(self._risk(risk_id))
        pairs = ObligationRequirement.objects.filter(
            organisation_id=scope.organisation_id, obligation__withdrawn_on=None
        )
        for link in pairs.select_related("obligation"):
            kind = "contract" if link.obligation.category == Obligation.Category.CONTRACT else "obligation"
            self.by_requirement[link.requirement_id].append(
                Driver(kind, link.obligation.ref, link.obligation.title, f"obligations/{link.obligation.ref}/")
            )

    def _risk(self, risk_id: UUID) -> Driver:
        risk = self.risks[risk_id]
        return Driver("risk", risk.ref, risk.title, f"risks/{risk.ref}/")


def _others(rows: dict[UUID, StatementRow], drivers: _Drivers, catalogue: Catalogue | None) -> Iterable[Requirement]:
    """Entries of other catalogues that treatment or obligations call for; clauses 4–10 are never rows."""
    wanted = [pk for pk in drivers.by_requirement if pk not in rows]
    if not wanted:
        return []
    found = Requirement.objects.filter(pk__in=wanted, is_withdrawn=False).exclude(
        catalogue__code=CLAUSES, organisation__is_installation=True
    )
    return found.select_related("catalogue").order_by("catalogue__code", "position")


def _add_controls(rows: dict[UUID, StatementRow], scope: IsmsScope, drivers: _Drivers) -> None:
    """Put to each row the controls that implement it, and the risks those controls treat."""
    links = list(
        ControlRequirement.objects.filter(
            organisation_id=scope.organisation_id, requirement_id__in=list(rows), control__withdrawn_on=None
        )
        .select_related("control__owner")
        .order_by("control__ref_key")
    )
    evidence = _evidence(scope.organisation_id, {link.control_id for link in links})
    for link in links:
        row = rows[link.requirement_id]
        row.controls.append(_view(link.control, evidence))
        row.drivers += drivers.by_control.get(link.control_id, ())
    for pk, row in rows.items():
        row.drivers = _once([*drivers.by_requirement.get(pk, ()), *row.drivers])


def _own_controls(scope: IsmsScope, rows: dict[UUID, StatementRow], drivers: _Drivers) -> list[StatementRow]:
    """Necessary controls that implement no row: those that treat a risk of the scope, and those decided on before."""
    decided = SoaRow.objects.filter(scope=scope, control__isnull=False, withdrawn_on=None).values("control_id")
    shown = ControlRequirement.objects.filter(requirement_id__in=list(rows)).values("control_id")
    wanted = Control.objects.filter(organisation_id=scope.organisation_id, withdrawn_on=None).filter(
        (Q(pk__in=list(drivers.by_control)) & ~Q(pk__in=shown)) | Q(pk__in=decided)
    )
    found = list(wanted.select_related("owner").order_by("ref_key"))
    evidence = _evidence(scope.organisation_id, {control.pk for control in found})
    return [
        StatementRow(
            control.ref,
            control.title,
            _("Own controls"),
            control=control,
            drivers=_once(drivers.by_control.get(control.pk, ())),
            controls=[_view(control, evidence)],
        )
        for control in found
    ]


def _view(control: Control, evidence: dict[UUID, int]) -> ControlView:
    return ControlView(
        control.ref,
        control.title,
        control.state,
        _state_words(get_language() or "en")[control.state],
        control.owner.name if control.owner else "",
        control.due_on,
        control.verified_on,
        evidence.get(control.pk, 0),
    )


@cache
def _state_words(language: str) -> dict[str, str]:
    with override(language):
        return {value: str(label) for value, label in State.choices}


def _evidence(organisation_id: UUID, control_ids: set[UUID]) -> dict[UUID, int]:
    counts: dict[UUID, int] = defaultdict(int)
    rows = Evidence.objects.filter(organisation_id=organisation_id, subject_id__in=control_ids, withdrawn_on=None)
    for pk in rows.values_list("subject_id", flat=True):
        counts[pk] += 1
    return counts


def _once(drivers: Iterable[Driver]) -> list[Driver]:
    return list({driver.ref: driver for driver in drivers}.values())


def _untreated(scope: IsmsScope) -> list[Risk]:
    """Risks above acceptance with neither a treatment nor an acceptance in force."""
    rows = Risk.objects.filter(UNTREATED, scope=scope, withdrawn_on=None)
    return list(rows.order_by("-level", "ref_key"))


def counts_of(rows: Sequence[StatementRow]) -> dict[str, int]:
    """How many rows bear each finding."""
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        for finding in row.findings:
            counts[finding] += 1
    return dict(counts)


def any_scope(actor: Actor, ref: str | None) -> IsmsScope:
    """The scope named, or the only one there is."""
    if ref:
        return scope_of(actor, ref)
    found = scopes_of(actor)
    if not found:
        raise NotFound(_("There is no ISMS scope yet that you may see whole. Say first what the ISMS covers."))
    if len(found) > 1:
        raise NotFound(
            _("There are several scopes; name one: %(scopes)s.") % {"scopes": ", ".join(s.ref for s in found)}
        )
    return found[0]
