"""The organisation's mail server with its queue, and one's own mails."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ringwall.administration.views.pages import ActForm, PanelsPage, actor_of, address, form_page, panels_page
from ringwall.kit.actions import Action
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.inputs import Inputs
from ringwall.kit.pages import Cell, Column, Fact, FormPage, Link, Panel, Row
from ringwall.kit.requests import ActorRequest
from ringwall.notices import queries
from ringwall.notices.actions import mail
from ringwall.notices.models import MailHabit, MailServer, OutgoingMail

HABIT = Action("account.mail", "", mail.change_habit, inputs=mail.HABIT)
ADDRESS = Inputs({"address": forms.EmailField(label=pgettext("mail", "To"))})


@require_GET
def mail_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    mail.update.require(actor)
    server = queries.server_of(actor.organisation_id)
    base = address(request, "settings/mail/")
    edit = Link(_("Edit"), f"{base}edit/", "pencil", "primary")
    actions = []
    counts = queries.queue_counts(actor.organisation_id)
    if server is not None and server.is_ready:
        actions.append(Link(_("Send test mail"), f"{base}test/", "send"))
    if counts.get(OutgoingMail.State.WAITING):
        actions.append(Link(_("Throw away what waits"), f"{base}drop/", "trash-2", "danger", "post"))
    panels = [Panel("server", _("Server"), facts=_facts(server), empty=_("No mail server is entered yet."))]
    if counts:
        panels.append(Panel("queue", _("Queue"), facts=_queue_facts(counts)))
    if troubled := queries.troubled(actor.organisation_id):
        rows = [_trouble(each) for each in troubled]
        panels.append(Panel("trouble", _("Not delivered"), columns=_trouble_columns(), rows=rows))
    page = PanelsPage(
        title=_("Mail"),
        intro=_(
            "By mail people get one digest of what waits for them, at the hour they choose, and at once only what "
            "cannot wait. What is restricted is never told in a mail."
        ),
        notice=_notice(server),
        panels=panels,
        primary=edit,
        actions=actions,
    )
    return panels_page(request, page)


def _notice(server: MailServer | None) -> Any:
    if server is not None and server.is_ready:
        return ""
    if server is not None and server.keeps_unsent:
        return _("No mail is sent: there is no server. Mails are written and wait in the queue until you enter one.")
    return _("No mail is sent and none is written: there is no server.")


def _facts(server: MailServer | None) -> list[Fact]:
    if server is None:
        return []
    return [
        Fact(_("Server"), f"{server.host}:{server.port}" if server.host else ""),
        Fact(_("Encryption"), server.get_security_display() if server.host else ""),
        Fact(_("User name"), server.user),
        Fact(_("Sender"), f"{server.sender_name} <{server.sender}>".strip() if server.sender else ""),
        Fact(_("Time zone"), server.time_zone),
    ]


def _queue_facts(counts: dict[str, int]) -> list[Fact]:
    return [Fact(str(state.label), str(counts[state])) for state in OutgoingMail.State if counts.get(state)]


def _trouble_columns() -> list[Column]:
    return [
        Column("to", pgettext("mail", "To"), "title"),
        Column("subject", _("Subject")),
        Column("state", _("State"), "state"),
        Column("reason", _("Reason")),
        Column("next", _("Next try"), "instant"),
    ]


def _trouble(row: OutgoingMail) -> Row:
    is_waiting = row.state == OutgoingMail.State.WAITING
    next_try = date_format(timezone.localtime(row.next_at), "SHORT_DATETIME_FORMAT") if is_waiting else ""
    cells = [
        Cell("to", row.address, "title"),
        Cell("subject", row.subject),
        Cell("state", str(row.get_state_display()), "state", state="warn" if is_waiting else "bad"),
        Cell("reason", row.reason),
        Cell("next", next_try, "instant"),
    ]
    return Row(str(row.pk), "", "", 0, cells)


@require_http_methods(["GET", "POST"])
def edit_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    mail.update.require(actor)
    back = Link(_("Mail"), address(request, "settings/mail/"))
    server = queries.server_of(actor.organisation_id) or MailServer(organisation=actor.organisation)
    return ActForm(
        mail.update, back.url, mail.update.label, _("Store changes"), subject=server, breadcrumb=[back]
    ).respond(request)


@require_http_methods(["GET", "POST"])
def test_page(request: ActorRequest) -> HttpResponse:
    """Sends at once and says what the server says."""
    actor = actor_of(request)
    mail.update.require(actor)
    back = Link(_("Mail"), address(request, "settings/mail/"))
    form: Any = ADDRESS.form(actor, "", data=request.POST or None, initial={"address": request.user.email})
    status = 200
    if request.method == "POST":
        try:
            to = ADDRESS.clean(actor, form.raw())["address"]
            mail.test(actor, to)
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
        else:
            messages.success(request, _("The server took a test mail to %(address)s.") % {"address": to})
            return redirect(back.url)
    page = FormPage(_("Send test mail"), form, request.path, _("Send"), back.url, [back])
    return render(request, "kit/form.html", {"page": page, "title": page.title}, status=status)


@require_POST
def drop(request: ActorRequest) -> HttpResponse:
    mail.drop_waiting(actor_of(request))
    messages.success(request, _("The queue is empty."))
    return redirect(address(request, "settings/mail/"))


@require_http_methods(["GET", "POST"])
def habit_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    back = Link(_("Your account"), address(request, "account/"))
    form = ActForm(
        HABIT,
        back.url,
        _("Mails to you"),
        _("Store changes"),
        initial={name: getattr(queries.habit_of(actor.person_key), name) for name in mail.HABIT.fields},
        breadcrumb=[back],
    )
    return form_page(request, form, mail.HABIT, lambda raw: mail.change_habit(actor, raw))


def habit_facts(habit: MailHabit) -> list[Fact]:
    """What one's account tells of one's mails."""
    days = [str(label) for value, label in mail.WEEKDAYS if int(value) in habit.days]
    return [
        Fact(_("Digest"), f"{', '.join(days)}, {habit.hour:02}:00" if days else _("never")),
        Fact(_("Titles in mails"), _("yes") if habit.shows_titles else _("no")),
        Fact(_("At once what cannot wait"), _("yes") if habit.is_urgent_mailed else _("no")),
    ]
