"""What may be done with the organisation itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation
from ringwall.access.policy import Actor, roles
from ringwall.kit.actions import Action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Conflict
from ringwall.kit.inputs import Inputs


def _roles() -> list[tuple[str, object]]:
    """Roles that need a second factor by themselves are no question."""
    return [(role.key, role.label) for role in roles.values() if not role.needs_second_factor]


INPUTS = Inputs.from_model(
    Organisation,
    ("name", "language", "second_factor_roles", "anonymous_reports"),
    {
        "second_factor_roles": forms.MultipleChoiceField(
            label=_("Roles that need a second factor"),
            choices=_roles,
            required=False,
            widget=forms.CheckboxSelectMultiple(),
            help_text=_("Who has one of these roles sets up a second factor before anything else."),
        )
    },
)


def _update(organisation: Organisation, *, actor: Actor, **values: Any) -> Organisation:
    for name, value in values.items():
        setattr(organisation, name, value)
    current_act().save(organisation)
    return organisation


class OrganisationAction(Action):
    """An organisation is a row of no organisation but itself, so it is found by its own id."""

    def _locked(self, subject: Organisation, actor: Actor, version: int | None) -> Organisation:
        self.require(actor, subject)
        current = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
        if version is not None and current.version != version:
            raise Conflict(current)
        return current


update = register_action(
    OrganisationAction("organisation.update", _("Edit"), _update, Organisation, INPUTS, icon="pencil")
)
