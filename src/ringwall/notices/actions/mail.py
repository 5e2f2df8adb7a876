"""What may be done with the mail server of an organisation, and with one's own mails."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person
from ringwall.access.policy import Actor, actor_for_person
from ringwall.kit.actions import SettingAction, register_action
from ringwall.kit.acts import acting, current_act
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.inputs import Inputs
from ringwall.kit.texts import forbid_control_characters
from ringwall.notices import queries
from ringwall.notices.actions.secrets import keep
from ringwall.notices.models import MailHabit, MailServer, OutgoingMail, Sealed
from ringwall.notices.sending import CannotSend, send_test

WEEKDAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
SERVER = Inputs(
    {
        **Inputs.from_model(MailServer, ("host", "port", "security", "user")).fields,
        "password": forms.CharField(
            label=_("Password"),
            required=False,
            max_length=500,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=_("Kept encrypted and never shown again. Empty: the present one stays."),
            validators=[forbid_control_characters],
        ),
        **Inputs.from_model(MailServer, ("sender", "sender_name", "time_zone", "keeps_unsent")).fields,
    }
)
HABIT = Inputs(
    {
        "days": forms.TypedMultipleChoiceField(
            label=_("Digest on"),
            choices=WEEKDAYS,
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple(),
            help_text=_("One mail with all that waits for you; none on days on which nothing does."),
        ),
        "hour": forms.TypedChoiceField(
            label=pgettext_lazy("time of day", "At"), choices=[(n, f"{n:02}:00") for n in range(24)], coerce=int
        ),
        **Inputs.from_model(MailHabit, ("shows_titles", "is_urgent_mailed")).fields,
    }
)


def _update(server: MailServer, *, actor: Actor, password: str, **values: Any) -> MailServer:
    is_elsewhere = (server.host, server.port, server.user) != (values["host"], values["port"], values["user"])
    for name, value in values.items():
        setattr(server, name, value)
    errors: dict[str, list[Any]] = {}
    if server.host and not server.sender:
        errors["sender"] = [gettext("Mails need an address that they come from.")]
    if server.user and server.security == MailServer.Security.NONE:
        errors["security"] = [gettext("A password is not sent without encryption.")]
    if server.user and not password and (is_elsewhere or not Sealed.objects.filter(pk=server.pk).exists()):
        errors["password"] = [gettext("Enter the password for this server and user name.")]
    if errors:
        raise Invalid(errors)
    current_act().save(server)
    if password or not server.user:
        keep(server, "password", password if server.user else "")
    return server


update = register_action(SettingAction("mail.update", _("Mail server"), _update, MailServer, SERVER, icon="mail"))


def test(actor: Actor, address: str) -> None:
    """Send one mail now, outside any transaction: a server may take its time. Raises Refused in the server's words."""
    update.require(actor)
    server = queries.server_of(actor.organisation_id)
    if server is None or not server.is_ready:
        raise Refused(_("No mail server is entered yet."), remedy=_("Enter server and sender address first."))
    subject = gettext("Test mail of %(organisation)s") % {"organisation": actor.organisation.name}
    text = gettext("Ringwall can send mails by this server.")
    try:
        send_test(server, address, subject, text)
    except CannotSend as error:
        raise Refused(
            _("The mail server says: %(words)s") % {"words": error},
            remedy=_("Check server, port, encryption, user name and password."),
        ) from None


def change_habit(actor: Actor, raw: Mapping[str, Any]) -> MailHabit:
    """One's own mails. Raises Invalid."""
    values = HABIT.clean(actor, raw)
    if actor.is_read_only:
        raise Denied(_("This token may only read."))
    return _store(actor, actor.person_key, **values)


def end_digests(person: Person) -> MailHabit:
    """By the link in a mail: no more digests; what cannot wait is still written."""
    return _store(actor_for_person(person, user=person.user), person.pk, days=[])


def _store(actor: Actor, person_id: UUID, **values: Any) -> MailHabit:
    with acting(actor, "account.mail") as act:
        found = MailHabit.objects.select_for_update().filter(person_id=person_id).first()
        habit = found or MailHabit(organisation_id=actor.organisation_id, person_id=person_id)
        for name, value in values.items():
            setattr(habit, name, value)
        act.save(habit)
    return habit


def drop_waiting(actor: Actor) -> int:
    """Throw away what waits in the queue, for instance after a long time without a server."""
    update.require(actor)
    return OutgoingMail.objects.filter(
        organisation_id=actor.organisation_id, state=OutgoingMail.State.WAITING
    ).delete()[0]
