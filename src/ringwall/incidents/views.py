"""Pages of incidents: the report that everybody can make, what is told to authorities, the document."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.policy import Actor
from ringwall.evidence.actions import EvidenceFile
from ringwall.evidence.storing import CheckedFile
from ringwall.incidents import queries
from ringwall.incidents.actions import events, notifications
from ringwall.incidents.drafts import draft
from ringwall.incidents.models import Incident
from ringwall.incidents.panels import incident_url
from ringwall.incidents.wording import clock_words, moment_words
from ringwall.kit import pages
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.registry import registers
from ringwall.kit.requests import ActorRequest

MOST_FILES = 5


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


@require_http_methods(["GET", "POST"])
def report_page(request: ActorRequest) -> HttpResponse:
    """A letter page: one minute on a phone, by whoever belongs to the organisation."""
    actor: Actor = request.actor
    form: Any = events.REPORTED.form(actor, "event.report", data=request.POST or None)
    form.fields["files"] = forms.FileField(
        label=gettext_lazy("Pictures or files"),
        required=False,
        widget=SeveralFiles(attrs={"accept": "image/*,.pdf,.eml,.msg,.txt"}),
        help_text=gettext_lazy("Up to five. Do not forward a suspicious mail; save it and add it here."),
    )
    status = 200
    if request.method == "POST":
        is_anonymous = bool(request.POST.get("is_anonymous"))
        try:
            raw = {name: value for name, value in form.raw().items() if name != "files"}
            event = events.report(actor, raw, _files(request), is_anonymous=is_anonymous)
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
        else:
            return redirect(f"/{actor.organisation.code}/report-event/thanks/?ref={event.ref}")
    context = {
        "title": _("Report an event"),
        "form": form,
        "organisation": actor.organisation,
        "may_be_anonymous": actor.organisation.anonymous_reports,
        "is_anonymous": bool(request.POST.get("is_anonymous")),
        "home_url": f"/{actor.organisation.code}/",
        "reports": [(e, f"/{actor.organisation.code}/events/{e.ref}/") for e in queries.reports_of(actor, 5)],
    }
    return render(request, "incidents/report.html", context, status=status)


def _files(request: ActorRequest) -> list[CheckedFile]:
    """The uploads, told by their content. Raises Invalid that names the file, with nothing stored."""
    uploads = request.FILES.getlist("files")
    if len(uploads) > MOST_FILES:
        raise Invalid({"files": [_("At most %(count)d files. Leave some out.") % {"count": MOST_FILES}]})
    field, found, errors = EvidenceFile(), [], []
    for upload in uploads:
        try:
            found.append(field.clean(upload))
        except forms.ValidationError as error:
            errors += [f"{upload.name}: {text}" for text in error.messages]
    if errors:
        raise Invalid({"files": errors})
    return found


@require_GET
def thanks_page(request: ActorRequest) -> HttpResponse:
    """Says the reference once more; shows nothing of the event, whose it is is not asked here."""
    actor: Actor = request.actor
    context = {
        "title": _("Thank you for the report"),
        "organisation": actor.organisation,
        "ref": request.GET.get("ref", "").replace("\x00", "")[:40],
        "home_url": f"/{actor.organisation.code}/",
        "again_url": f"/{actor.organisation.code}/report-event/",
    }
    return render(request, "incidents/thanks.html", context)


@require_http_methods(["GET", "POST"])
def notify_page(request: ActorRequest, ref: str, key: UUID) -> HttpResponse:
    """The draft of a notification, to be completed, sent by whatever way the authority wants, and recorded here."""
    actor: Actor = request.actor
    incident = queries.find_incident(actor, ref)
    found = queries.find_notification(incident, key)
    act, url = notifications.notify, incident_url(actor, incident)
    may_send = act.is_offered(actor, incident) and found.sent_at is None
    now = timezone.localtime().replace(second=0, microsecond=0)
    initial = {"sent_at": now, "text": found.text or draft(found, request.user.language), "recipient": found.recipient}
    form: Any = act.inputs.form(actor, act.name, data=request.POST or None, initial=initial, hide=("notification",))
    status = 200
    if request.method == "POST":
        try:
            if "spare" in request.POST:
                reason = request.POST.get("reason", "")
                notifications.spare.run(actor, {"notification": str(key)}, subject=incident, reason=reason)
                messages.success(request, _("Recorded: not needed."))
            else:
                act.run(actor, form.raw() | {"notification": str(key)}, subject=incident)
                messages.success(request, _("Recorded as sent."))
            return redirect(url)
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
    words, tone = clock_words(found)
    context = {
        "title": found.label,
        "breadcrumb": [
            pages.Link(registers[Incident.kind].title, f"/{actor.organisation.code}/incidents/"),
            pages.Link(str(incident), url),
        ],
        "found": found,
        "form": form if may_send else None,
        "facts": [
            pages.Fact(_("Clock"), words, state=tone),
            pages.Fact(_("Until"), moment_words(found.due_at)),
            pages.Fact(_("Known since"), moment_words(incident.aware_at) if incident.aware_at else ""),
            *([pages.Fact(_("Sent"), moment_words(found.sent_at))] if found.sent_at else ()),
            *([pages.Fact(_("Sent to"), found.recipient)] if found.recipient else ()),
            *([pages.Fact(_("By"), found.sent_by.name)] if found.sent_by else ()),
        ],
        "submit": act.label,
        "may_spare": may_send and found.is_open and notifications.spare.is_offered(actor, incident),
        "cancel_url": url,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "incidents/notify.html", context, status=status)
