"""What controls listen to: a control that is implemented is told to the person who waits for it."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from ringwall.controls.models import Control, State
from ringwall.kit import registry
from ringwall.kit.acts import Act
from ringwall.tasks.actions import give


@registry.listener
def tell_completion(act: Act) -> None:
    """A task for the person completion is reported to, however it was completed (act, form, cell, bulk, sheet).

    Controls that come in as implemented are history, not news; and nobody is told what they did themselves.
    """
    completed = {
        c.subject
        for c in act.changes
        if c.kind == Control.kind and c.before is not None and c.after.get("state") == State.IMPLEMENTED
    }
    told = {row.pk: row for row in act.saved if isinstance(row, Control) and row.pk in completed}
    for control in told.values():
        if control.reports_to_id is None or control.reports_to_id == act.actor.person_id:
            continue
        with override(act.actor.organisation.language):
            title = _("%(ref)s is implemented: take note of it") % {"ref": control.ref}
        give(control, control.reports_to_id, title, made_by_id=act.actor.person_id)
