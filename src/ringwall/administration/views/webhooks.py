"""Webhooks of the organisation with the log of their calls."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ringwall.administration.views.pages import (
    ActForm,
    PanelsPage,
    actor_of,
    address,
    panels_page,
    require,
    secret_page,
)
from ringwall.kit.actions import Action
from ringwall.kit.errors import NotFound
from ringwall.kit.pages import Cell, Column, Fact, Link, Panel, Row
from ringwall.kit.requests import ActorRequest
from ringwall.notices import queries
from ringwall.notices.actions import webhooks
from ringwall.notices.delivering import deliver
from ringwall.notices.models import Delivery, Webhook

ACTS: dict[str, Action] = {"edit": webhooks.update, "secret": webhooks.rotate, "withdraw": webhooks.withdraw}
TONES = {Delivery.State.WAITING: "warn", Delivery.State.TAKEN: "good", Delivery.State.FAILED: "bad"}


@require_GET
def webhooks_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "webhook.view")
    base = address(request, "settings/webhooks/")
    rows = [_row(webhook, base) for webhook in queries.webhooks_of(actor)]
    create = Link(webhooks.create.label, f"{base}new/", "webhook", "primary")
    page = PanelsPage(
        title=_("Webhooks"),
        intro=_(
            "Other programs are told at once that something happened, to which record, and where to read it: signed, "
            "without contents, and nothing of what is restricted."
        ),
        panels=[
            Panel(
                "webhooks",
                "",
                columns=[
                    Column("name", _("Name"), "title"),
                    Column("url", _("Address")),
                    Column("events", _("Events")),
                    Column("state", _("State"), "state"),
                ],
                rows=rows,
                empty=_("None yet. Enter one to let a ticket system or a chat hear of what happens here."),
            ),
            Panel("events", _("Events by name"), text=_known_events()),
        ],
        primary=create if actor.may_everywhere("webhook.create") else None,
    )
    return panels_page(request, page)


def _row(webhook: Webhook, base: str) -> Row:
    url = f"{base}{webhook.pk}/"
    word, tone = _state(webhook)
    cells = [
        Cell("name", webhook.name, "title", url),
        Cell("url", webhook.url),
        Cell("events", _events(webhook)),
        Cell("state", word, "state", state=tone),
    ]
    return Row(str(webhook.pk), webhook.name, url, webhook.version, cells, webhook.withdrawn_on is not None)


def _state(webhook: Webhook) -> tuple[str, str]:
    if webhook.withdrawn_on:
        return _("withdrawn"), "quiet"
    return (_("in use"), "good") if webhook.is_on else (_("paused"), "warn")


def _events(webhook: Webhook) -> str:
    return ", ".join(webhook.events) or _("all")


@require_GET
def webhook_page(request: ActorRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    webhook = queries.get_webhook(actor, key)
    base = address(request, f"settings/webhooks/{webhook.pk}/")
    links = [
        Link(act.label, f"{base}{name}/", act.icon, "danger" if act.is_danger else "plain")
        for name, act in ACTS.items()
        if act.is_offered(actor, webhook) and not webhook.withdrawn_on
    ]
    if links and webhook.is_on:
        links.insert(1, Link(_("Send test event"), f"{base}test/", "send", method="post"))
    word, tone = _state(webhook)
    log = address(request, "settings/webhooks/calls/")
    page = PanelsPage(
        title=webhook.name,
        breadcrumb=[Link(_("Webhooks"), address(request, "settings/webhooks/"))],
        panels=[
            Panel(
                "facts",
                _("Details"),
                facts=[
                    Fact(_("Address"), webhook.url),
                    Fact(_("Events"), _events(webhook)),
                    Fact(_("State"), word, state=tone),
                ],
            ),
            Panel(
                "calls",
                _("Calls"),
                columns=_call_columns(),
                rows=[_call(delivery, log) for delivery in queries.log_of(webhook)],
                empty=_("Nothing was told yet."),
            ),
        ],
        primary=next((link for link in links if link.url.endswith("/edit/")), None),
        actions=[link for link in links if not link.url.endswith("/edit/")],
    )
    return panels_page(request, page)


def _call_columns() -> list[Column]:
    return [
        Column("event", _("Event"), "title"),
        Column("about", _("About")),
        Column("at", _("When"), "instant"),
        Column("state", _("State"), "state"),
        Column("code", _("Answer"), "number"),
        Column("reason", _("Reason")),
    ]


def _call(delivery: Delivery, base: str) -> Row:
    said = json.loads(delivery.body)["data"]
    cells = [
        Cell("event", delivery.verb, "title", f"{base}{delivery.pk}/"),
        Cell("about", said["ref"] or said["kind"]),
        Cell("at", date_format(timezone.localtime(delivery.made_at), "SHORT_DATETIME_FORMAT"), "instant"),
        Cell("state", str(delivery.get_state_display()), "state", state=TONES[Delivery.State(delivery.state)]),
        Cell("code", str(delivery.code or ""), "number"),
        Cell("reason", delivery.reason),
    ]
    return Row(str(delivery.pk), "", "", 0, cells)


@require_http_methods(["GET", "POST"])
def delivery_page(request: ActorRequest, key: UUID) -> HttpResponse:
    """One call as it was or will be sent; its button queues it again."""
    actor = actor_of(request)
    delivery = queries.get_delivery(actor, key)
    webhook = delivery.webhook
    back = Link(webhook.name, address(request, f"settings/webhooks/{webhook.pk}/"))
    if request.method == "POST":
        webhooks.again(delivery, actor)
        messages.success(request, _("The call is queued again."))
        return redirect(back.url)
    may_repeat = webhooks.update.is_offered(actor, webhook) and not webhook.withdrawn_on
    again = Link(_("Send again"), request.path, "rotate-cw", method="post")
    tone = TONES[Delivery.State(delivery.state)]
    page = PanelsPage(
        title=delivery.verb,
        breadcrumb=[Link(_("Webhooks"), address(request, "settings/webhooks/")), back],
        panels=[
            Panel(
                "call",
                _("Details"),
                facts=[
                    Fact(_("State"), str(delivery.get_state_display()), state=tone),
                    Fact(_("Answer"), str(delivery.code or "")),
                    Fact(_("Reason"), delivery.reason),
                    Fact(_("Tries that failed"), str(delivery.failures)),
                    Fact("webhook-id", delivery.message_id),
                ],
            ),
            Panel("body", _("What it says"), text=_pretty(delivery)),
        ],
        actions=[again] if may_repeat else [],
    )
    return panels_page(request, page)


def _pretty(delivery: Delivery) -> str:
    return format_html("<pre>{}</pre>", json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False))


@require_POST
def test(request: ActorRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    webhook = queries.get_webhook(actor, key)
    delivery = webhooks.test_event(webhook, actor)
    reply = deliver(delivery, webhook, timezone.now())
    if reply.is_good:
        messages.success(request, _("The receiver took the test event (%(code)s).") % {"code": reply.code})
    else:
        said = " ".join(str(part) for part in (reply.code, reply.reason) if part)
        messages.error(request, _("The receiver did not take it: %(said)s") % {"said": said})
    return redirect(address(request, f"settings/webhooks/{webhook.pk}/"))


@require_http_methods(["GET", "POST"])
def new_page(request: ActorRequest) -> HttpResponse:
    back = Link(_("Webhooks"), address(request, "settings/webhooks/"))
    return ActForm(
        webhooks.create,
        back.url,
        webhooks.create.label,
        _("Enter webhook"),
        breadcrumb=[back],
        initial={"is_on": True},
        answer=_shown_once(request),
    ).respond(request)


@require_http_methods(["GET", "POST"])
def act_page(request: ActorRequest, key: UUID, name: str) -> HttpResponse:
    if (act := ACTS.get(name)) is None:
        raise NotFound
    webhook = queries.get_webhook(actor_of(request), key)
    back = Link(webhook.name, address(request, f"settings/webhooks/{webhook.pk}/"))
    return ActForm(
        act,
        back.url,
        f"{act.label}: {webhook.name}",
        _("Store changes") if act is webhooks.update else act.label,
        subject=webhook,
        breadcrumb=[Link(_("Webhooks"), address(request, "settings/webhooks/")), back],
        answer=_shown_once(request) if act is webhooks.rotate else None,
    ).respond(request)


def _shown_once(request: ActorRequest) -> Any:
    def answer(issued: webhooks.Issued) -> HttpResponse:
        back = Link(issued.webhook.name, address(request, f"settings/webhooks/{issued.webhook.pk}/"))
        about = _("Give it to the receiver, who checks the signature of each call with it. It is shown only once.")
        return secret_page(request, issued.webhook.name, _("Secret"), issued.secret, about, back)

    return answer


def _known_events() -> str:
    """Every act by its name, folded away."""
    rows = format_html_join("", "<li><code>{}</code> {}</li>", webhooks.known_events())
    return format_html('<details class="disclosure"><summary>{}</summary><ul>{}</ul></details>', _("Show all"), rows)
