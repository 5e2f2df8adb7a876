"""What may be done with risk criteria: draft, and approve what was drafted."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.context.models import Waiver
from ringwall.context.queries import units_above, waiver_in_force
from ringwall.kit.actions import action, record_actions
from ringwall.kit.acts import acting, current_act
from ringwall.kit.errors import Refused
from ringwall.kit.records import assign_refs
from ringwall.risk.fields import CriteriaField
from ringwall.risk.models import CriteriaEdition, RiskCriteria
from ringwall.risk.rules.criteria import CriteriaInvalid, read
from ringwall.risk.words import findings_words

acts = record_actions(RiskCriteria, ("ref", "title", "unit", "owner"))


def _is_a_step_of_its_own(criteria: RiskCriteria) -> bool:
    """The record page offers the editor instead of a form with one field of JSON; API and command line use the act."""
    return False


@action(
    "criteria.draft",
    label=_("Edit scales and matrix"),
    fields={"content": CriteriaField(label=_("scales, matrix, acceptance, authority"))},
    icon="pencil-ruler",
    applies=_is_a_step_of_its_own,
)
def draft(criteria: RiskCriteria, *, actor: Actor, content: dict[str, Any]) -> RiskCriteria:
    """Change the draft; what was approved stays in force until the draft is approved."""
    if content != criteria.content:
        criteria.content = content
        criteria.has_draft = True
        criteria.authors = sorted({*criteria.authors, *([str(actor.person_id)] if actor.person_id else [])})
        criteria.save()
    return criteria


@action(
    "criteria.approve",
    label=_("Approve risk criteria"),
    icon="badge-check",
    help_text=_("From then on risks are assessed under this edition. Risks assessed before keep theirs."),
    applies=lambda criteria: criteria.has_draft and not criteria.is_withdrawn,
)
def approve(criteria: RiskCriteria, *, actor: Actor) -> RiskCriteria:
    """Freeze the draft as the next edition. Refused to those who wrote it, unless that rule is waived."""
    today = timezone.localdate()
    if criteria.is_withdrawn:
        raise Refused(_("These criteria are withdrawn."), remedy=_("Restore them first."))
    if not criteria.has_draft:
        raise Refused(_("Nothing waits for approval: the edition in force has not been changed since."))
    waiver = None
    if str(actor.person_id) in criteria.authors:
        above = units_above(actor.units, criteria.unit_id)
        waiver = waiver_in_force(actor.organisation_id, Waiver.Rule.AUTHOR_APPROVES, unit_ids=above)
        if waiver is None:
            raise Refused(
                _("You changed this draft, and the author does not approve their own work."),
                remedy=_("Ask somebody else of top management, or have a waiver of this rule granted."),
            )
    try:
        content = read(criteria.content).content()
    except CriteriaInvalid as error:
        raise Refused(
            _("The draft has faults: %(faults)s") % {"faults": " ".join(findings_words(error.findings))}
        ) from None
    number = (criteria.in_force or 0) + 1
    edition = CriteriaEdition(
        organisation_id=criteria.organisation_id,
        criteria=criteria,
        number=number,
        name=f"{criteria.ref}/{number}",
        content=content,
        approved_on=today,
        approved_by_id=actor.person_id,
        waiver=waiver,
    )
    current_act().save(edition)
    criteria.in_force, criteria.has_draft, criteria.authors = number, False, []
    criteria.save()
    return criteria


def ensure_default_criteria(actor: Actor) -> RiskCriteria:
    """The organisation's risk criteria; where it has none, the default ones as a draft that waits for approval."""
    found = RiskCriteria.objects.filter(organisation_id=actor.organisation_id).order_by("created_at").first()
    if found is not None:
        return found
    with override(actor.organisation.language):
        title = gettext("Risk criteria")
    made = RiskCriteria(organisation_id=actor.organisation_id, title=title, unit=actor.units.root)
    with acting(actor, acts.create.name) as act:
        assign_refs([made])
        act.save(made)
    return made
