"""What may be done with webhooks: enter, change, give a new secret, try, call again, withdraw."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.actions import Action, action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Refused
from ringwall.kit.inputs import Inputs
from ringwall.kit.texts import forbid_control_characters
from ringwall.ledger.rules import Change
from ringwall.notices.models import Delivery, Sealed, Webhook
from ringwall.notices.queries import secret_of
from ringwall.notices.rules import webhooks as rules
from ringwall.notices.sealing import seal

TEST = "ringwall.test"
FAULTS = {
    "scheme": _("Write an address that begins with https://."),
    "credentials": _("An address with user name and password is not called; the signature proves who calls."),
    "host": _("This is no address of a server."),
}


class OutwardField(forms.CharField):
    """An address outside one's own network. Where its name leads is looked at again at every call."""

    def clean(self, value: Any) -> str:
        url: str = super().clean(value)
        inward = settings.RINGWALL_WEBHOOKS_INWARD
        if fault := rules.fault_of_url(url, inward=inward):
            raise forms.ValidationError(FAULTS[fault])
        return url


class EventsField(forms.CharField):
    """Acts by their names, one a line; `risk.*` means every act on risks."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        events = list(dict.fromkeys(super().clean(value).split()))
        kinds = known_kinds()
        for event in events:
            if not rules.EVENT.fullmatch(event) or event.partition(".")[0] not in kinds:
                raise forms.ValidationError(
                    _("“%(event)s” is no event; the page of webhooks lists them by name."), params={"event": event[:80]}
                )
        return events


def known_kinds() -> set[str]:
    """The first word of every act."""
    return {name.partition(".")[0] for name in registry.actions} | set(registry.registers) | set(registry.freezers)


def known_events() -> list[tuple[str, Any]]:
    """(name, label) of every registered act, by name."""
    return sorted((name, act.label) for name, act in registry.actions.items())


INPUTS = Inputs(
    {
        **Inputs.from_model(Webhook, ("name",)).fields,
        "url": OutwardField(label=_("Address"), max_length=500, validators=[forbid_control_characters]),
        "events": EventsField(
            label=_("Events"),
            required=False,
            max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            help_text=_("One a line, such as risk.accept, or risk.* for all of a kind. Empty: every act."),
        ),
        **Inputs.from_model(Webhook, ("is_on",)).fields,
    }
)


@dataclass(frozen=True, slots=True)
class Issued:
    """The secret is shown here and now only."""

    webhook: Webhook
    secret: str


def _create(*, actor: Actor, **values: Any) -> Issued:
    webhook = Webhook(organisation_id=actor.organisation_id, **values)
    current_act().save(webhook)
    secret = rules.secret_text(secrets.token_bytes(32))
    _seal(webhook, {"now": secret})
    return Issued(webhook, secret)


def _update(webhook: Webhook, *, actor: Actor, **values: Any) -> Webhook:
    _require_present(webhook)
    for name, value in values.items():
        setattr(webhook, name, value)
    current_act().save(webhook)
    return webhook


create = register_action(
    Action("webhook.create", _("New webhook"), _create, Webhook, INPUTS, creates=True, icon="webhook")
)
update = register_action(Action("webhook.update", _("Edit"), _update, Webhook, INPUTS, icon="pencil"))


@action(
    "webhook.rotate",
    label=_("New secret"),
    icon="key-round",
    applies=lambda webhook: webhook.withdrawn_on is None,
    help_text=_("Calls are signed with both secrets for one day, so that the receiver can change over."),
)
def rotate(webhook: Webhook, *, actor: Actor) -> Issued:
    _require_present(webhook)
    before = secrets_of(webhook)
    secret = rules.secret_text(secrets.token_bytes(32))
    until = timezone.now() + rules.OLD_SECRET_HOLDS
    _seal(webhook, {"now": secret, "before": before[0] if before else "", "until": until.isoformat()})
    said = {"secret": "changed"}
    current_act().note(Change(webhook.kind, webhook.pk, "", "update", webhook.version, {}, said))
    return Issued(webhook, secret)


@action(
    "webhook.withdraw",
    label=_("Withdraw"),
    icon="archive",
    is_danger=True,
    needs_reason=True,
    applies=lambda webhook: webhook.withdrawn_on is None,
)
def withdraw(webhook: Webhook, *, actor: Actor) -> Webhook:
    _require_present(webhook)
    webhook.withdrawn_on, webhook.is_on = timezone.localdate(), False
    current_act().save(webhook)
    Sealed.objects.filter(row=webhook.pk).delete()
    return webhook


def _require_present(webhook: Webhook) -> None:
    if webhook.withdrawn_on:
        raise Refused(_("%(webhook)s is withdrawn.") % {"webhook": webhook})


def _seal(webhook: Webhook, said: dict[str, str]) -> None:
    row = {"organisation_id": webhook.organisation_id, "box": seal(json.dumps(said))}
    Sealed.objects.update_or_create(row=webhook.pk, defaults=row)


def secrets_of(webhook: Webhook) -> list[str]:
    """By which calls are signed now: the present secret first, and for a day the one before it."""
    if not (text := secret_of(webhook.pk)):
        return []
    said = json.loads(text)
    found = [said["now"]]
    if said.get("before") and datetime.fromisoformat(said["until"]) > timezone.now():
        found.append(said["before"])
    return found


def test_event(webhook: Webhook, actor: Actor) -> Delivery:
    """A call that tells of nothing, made at once: the log shows the answer."""
    update.require(actor, webhook)
    _require_present(webhook)
    said = told(TEST, timezone.now(), actor.organisation.code, "", "", "")
    return Delivery.objects.create(
        organisation_id=webhook.organisation_id, webhook=webhook, verb=TEST, body=json.dumps(said)
    )


def again(delivery: Delivery, actor: Actor) -> None:
    """Queue a call anew, under its old id."""
    update.require(actor, delivery.webhook)
    _require_present(delivery.webhook)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.WAITING, failures=0, next_at=timezone.now(), code=None, reason="", ended_at=None
    )


def told(verb: str, at: datetime, organisation: str, kind: str, ref: str, path: str) -> dict[str, Any]:
    """What a call says: that something happened to which record, and where to read it; nothing of its contents."""
    moment = at.isoformat(timespec="milliseconds")
    data = {
        "kind": kind,
        "ref": ref,
        "verb": verb,
        "at": moment,
        "organisation": organisation,
        "url": f"{settings.RINGWALL_URL}/{organisation}/{path}",
    }
    return {"type": verb, "timestamp": moment, "data": data}
