"""What may be done with mappings: import them; add, change, judge and withdraw their rows."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Annotated, Any

from django import forms
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ringwall.access.policy import Actor
from ringwall.catalogues.actions import LARGEST, too_large
from ringwall.catalogues.mapping.models import MappedPair, Mapping, MappingFile, Relation
from ringwall.catalogues.models import Catalogue, Requirement, Statement
from ringwall.catalogues.refusals import ImportRefused, Unreadable
from ringwall.kit.actions import Action, action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.texts import forbid_control_characters

IMPORT = "mapping.import"


class MappingRefused(ImportRefused):
    title = gettext_lazy("The mapping was not imported")


@dataclass(frozen=True, slots=True)
class MappingReport:
    """What an import did or would do: for each mapping of the file its rows by outcome, and what was found."""

    mappings: list[dict[str, Any]]
    findings: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_unchanged(self) -> bool:
        return not any(one["added"] or one["changed"] or one["withdrawn"] or one["is_new"] for one in self.mappings)

    def told(self) -> dict[str, Any]:
        """As command line and API give it; the sums over all mappings of the file stand beside them."""
        names = ("added", "changed", "unchanged", "withdrawn", "left_out")
        rows = [{name: value for name, value in one.items() if name != "is_new"} for one in self.mappings]
        return {name: sum(one[name] for one in rows) for name in names} | {
            "mappings": rows,
            "findings": self.findings,
        }


def require_import(actor: Actor) -> None:
    """A mapping is for the whole organisation, and so must the right be. Raises Denied."""
    if not actor.may_everywhere(IMPORT):
        raise Denied(_("Your role does not include importing mappings."))


def import_mapping(
    data: bytes,
    name: str,
    *,
    actor: Actor,
    source: Catalogue | None = None,
    target: Catalogue | None = None,
    is_trial: bool = False,
) -> MappingReport:
    """Import the mappings of a file (see `reading`). `source` and `target` go before what the file says of its
    catalogues. With `is_trial` nothing is stored: the preview. Raises Denied, and MappingRefused where nothing in the
    file can be understood.
    """
    require_import(actor)
    if len(data) > LARGEST:
        raise MappingRefused(too_large(len(data)).findings)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        contents = import_module("ringwall.catalogues.mapping.reading").read_mappings(data, name)
    except Unreadable as error:
        raise MappingRefused(error.findings) from None
    planned = import_module("ringwall.catalogues.mapping.storing").planned(actor, contents, sha256, (source, target))
    if not planned.plans:
        raise MappingRefused(planned.findings)
    told = [plan.told() | {"is_new": plan.mapping.is_new} for plan in planned.plans]
    findings = [asdict(finding) for finding in planned.findings]
    plans = [plan for plan in planned.plans if not plan.is_unchanged]
    if plans and not is_trial:
        file = MappingFile(
            organisation_id=actor.organisation_id,
            name=name[:300],
            sha256=sha256,
            content=data,
            size=len(data),
            findings=findings,
            by=actor.label[:200],
        )
        try:
            store(actor=actor, plans=plans, file=file)
        except IntegrityError:
            raise Refused(
                _("Somebody else imported this mapping at this moment."), remedy=_("Import the file again.")
            ) from None
    return MappingReport(told, findings)


def _store(*, actor: Actor, plans: Sequence[Any], file: MappingFile) -> None:
    same = MappingFile.objects.filter(organisation_id=actor.organisation_id, sha256=file.sha256).first()
    if same is None:
        file.save(force_insert=True)
    write = import_module("ringwall.catalogues.mapping.storing").write
    for plan in plans:
        write(plan, current_act(), same or file)


store = register_action(
    Action(IMPORT, gettext_lazy("Import mapping"), _store, model=Mapping, creates=True, icon="upload")
)

End = tuple[Requirement, Statement | None]


def end_named(catalogue: Catalogue, text: str, name: str) -> End:
    """A requirement, or one of its statements, by identifier or as printed. Raises Invalid at the field `name`."""
    text = " ".join(text.split())
    rows = Requirement.objects.filter(catalogue=catalogue)
    if text and (found := rows.filter(identifier=text).first() or rows.filter(label=text).first()):
        return found, None
    statements = Statement.objects.filter(requirement__catalogue=catalogue, number=text).select_related("requirement")
    if text and (statement := statements.first()):
        return statement.requirement, statement
    words = _("“%(name)s” is not in %(catalogue)s. Give the identifier of a requirement or of one of its statements.")
    raise Invalid({name: [words % {"name": text[:80], "catalogue": catalogue.title_text}]})


SOURCE = forms.CharField(
    label=gettext_lazy("From"),
    max_length=140,
    validators=[forbid_control_characters],
    help_text=gettext_lazy("Identifier of a requirement, or of one of its statements."),
)
TARGET = forms.CharField(
    label=pgettext_lazy("mapping", "To"),
    max_length=140,
    validators=[forbid_control_characters],
    help_text=gettext_lazy("Identifier of a requirement, or of one of its statements."),
)
RATIONALE = Annotated[str, gettext_lazy("Rationale")]


def _judged(pair: MappedPair, actor: Actor) -> None:
    """A person stands for what it says from now on."""
    pair.is_defaulted = False
    pair.judged_by_id, pair.judged_on = actor.person_id, timezone.localdate()


@action(
    "mapping.add",
    label=gettext_lazy("Add row"),
    icon="plus",
    applies=lambda mapping: not mapping.is_withdrawn,
    fields={"source": SOURCE, "target": TARGET},
    help_text=gettext_lazy("Reads: the first stands in this relation to the second."),
)
def add(
    mapping: Mapping,
    *,
    actor: Actor,
    source: str,
    relation: Annotated[Relation, gettext_lazy("Relation")],
    target: str,
    rationale: RATIONALE = "",
) -> MappedPair:
    """A row that a person adds is judged by that person."""
    if mapping.is_withdrawn:
        raise Refused(_("This mapping was withdrawn."), remedy=_("Restore it first."))
    pair = MappedPair(organisation_id=actor.organisation_id, mapping=mapping)
    pair.source, pair.source_statement = end_named(mapping.source, source, "source")
    pair.target, pair.target_statement = end_named(mapping.target, target, "target")
    twin = MappedPair.objects.filter(
        mapping=mapping,
        source=pair.source,
        source_statement=pair.source_statement,
        target=pair.target,
        target_statement=pair.target_statement,
    ).first()
    if twin is not None:
        words = _("There is a row for %(pair)s already. Change that one.")
        if twin.is_withdrawn:
            words = _("There is a withdrawn row for %(pair)s. Restore that one.")
        raise Invalid({"": [words % {"pair": twin.ref}]})
    pair.relation, pair.rationale = relation, rationale
    last = MappedPair.objects.filter(mapping=mapping).order_by("-position").values_list("position", flat=True).first()
    pair.position = 0 if last is None else last + 1
    _judged(pair, actor)
    current_act().save(pair)
    return pair


@action(
    "mapped_pair.change", label=gettext_lazy("Change row"), icon="pencil", applies=lambda pair: not pair.is_withdrawn
)
def change(
    pair: MappedPair,
    *,
    actor: Actor,
    relation: Annotated[Relation, gettext_lazy("Relation")],
    rationale: RATIONALE = "",
) -> MappedPair:
    """Who changes a row has judged it."""
    _require_in_force(pair)
    pair.relation, pair.rationale = relation, rationale
    _judged(pair, actor)
    current_act().save(pair)
    return pair


@action(
    "mapped_pair.judge",
    label=gettext_lazy("Judge"),
    icon="badge-check",
    is_bulk=True,
    applies=lambda pair: pair.is_defaulted and not pair.is_withdrawn,
    help_text=gettext_lazy("Says that the relation, set by a tool, holds. From then on it counts."),
)
def judge(pair: MappedPair, *, actor: Actor) -> MappedPair:
    _require_in_force(pair)
    if not pair.is_defaulted:
        raise Refused(_("%(pair)s is judged already.") % {"pair": pair})
    _judged(pair, actor)
    current_act().save(pair)
    return pair


@action(
    "mapped_pair.withdraw",
    label=gettext_lazy("Withdraw"),
    icon="archive",
    is_danger=True,
    needs_reason=True,
    applies=lambda pair: not pair.is_withdrawn,
)
def withdraw(pair: MappedPair, *, actor: Actor) -> MappedPair:
    _require_in_force(pair)
    pair.withdrawn_on, pair.withdrawn_reason = timezone.localdate(), current_act().reason.strip()[:500]
    current_act().save(pair)
    return pair


@action(
    "mapped_pair.restore",
    label=gettext_lazy("Restore"),
    icon="archive-restore",
    applies=lambda pair: pair.is_withdrawn,
)
def restore(pair: MappedPair, *, actor: Actor) -> MappedPair:
    """It is the organisation's own from now on: a file that does not have it takes it away no more."""
    pair.withdrawn_on, pair.withdrawn_reason, pair.given = None, "", []
    current_act().save(pair)
    return pair


def _require_in_force(pair: MappedPair) -> None:
    if pair.is_withdrawn:
        raise Refused(_("This row was withdrawn."), remedy=_("Restore it first."))


@action(
    "mapping.withdraw",
    label=gettext_lazy("Withdraw"),
    icon="archive",
    is_danger=True,
    needs_reason=True,
    applies=lambda mapping: not mapping.is_withdrawn,
    help_text=gettext_lazy("The mapping counts for nothing from then on; it stays readable and can be restored."),
)
def withdraw_mapping(mapping: Mapping, *, actor: Actor) -> Mapping:
    if mapping.is_withdrawn:
        raise Refused(_("This mapping was withdrawn."), remedy=_("Restore it first."))
    mapping.withdrawn_on, mapping.withdrawn_reason = timezone.localdate(), current_act().reason.strip()[:500]
    current_act().save(mapping)
    return mapping


@action(
    "mapping.restore",
    label=gettext_lazy("Restore"),
    icon="archive-restore",
    applies=lambda mapping: mapping.is_withdrawn,
)
def restore_mapping(mapping: Mapping, *, actor: Actor) -> Mapping:
    mapping.withdrawn_on, mapping.withdrawn_reason = None, ""
    current_act().save(mapping)
    return mapping


WHOLE_ACTS: dict[str, Action] = {"add": add, "withdraw": withdraw_mapping, "restore": restore_mapping}
ACTS: dict[str, Action] = {"change": change, "judge": judge, "withdraw": withdraw, "restore": restore}
