"""Pages of the composition root: the way in, home, language and appearance, jobs."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ringwall.access.models import Organisation, User
from ringwall.access.policy import Actor
from ringwall.administration.identity.sessions import begun
from ringwall.kit import pages, registry
from ringwall.kit.debts import debts_of
from ringwall.kit.errors import NotFound
from ringwall.kit.jobs import Job, again, reap
from ringwall.kit.middleware import error_page
from ringwall.kit.problems import problem
from ringwall.kit.requests import ActorRequest
from ringwall.site.changes import since_panel

NOT_FOUND_TITLE = _("There is nothing here")
NOT_FOUND_TEXT = _("It does not exist, or you have no access to it.")
FAILED_TITLE = _("Something went wrong on our side")
FAILED_TEXT = _("Nothing of what you did was half stored. Try again; if it stays, tell your administrator the time.")


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """To the home page of the first organisation in which the user is somebody, or of the one whose identity provider
    sent them.
    """
    mine = Organisation.objects.filter(people__user=request.user.pk, people__withdrawn_on=None)
    if (session := begun(request)) is not None:
        mine = mine.filter(pk=session.organisation)
    found = mine.order_by("name").first()
    if found is None:
        raise NotFound(_("Your login belongs to no organisation yet. Ask your administrator."))
    return redirect(f"/{found.code}/")


def home(request: ActorRequest) -> HttpResponse:
    """What is not in order, what waits for this person, how things stand: as far as the person may see."""
    actor: Actor = request.actor
    empty = pages.Empty(
        _("Nothing waits for you"),
        _("Tasks, decisions and overdue work appear here as soon as they concern you."),
        [
            pages.Link(_("How an ISMS works"), f"/{actor.organisation.code}/knowledge/", "graduation-cap"),
            pages.Link(_("Your account"), f"/{actor.organisation.code}/account/", "user"),
        ],
    )
    panels = registry.answers("home", actor)
    context = {
        "title": actor.organisation.name,
        "first": [panel for panel in panels if panel.is_first],
        "since": since_panel(actor),
        "panels": [panel for panel in panels if not panel.is_first],
        "debts": debts_of(actor),
        "empty": empty,
    }
    return render(request, "site/home.html", context)


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next") or request.headers.get("Referer", "/")
    return redirect(target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    response = _back(request)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000, samesite="Lax", httponly=True)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Theme and density of the person's own pages."""
    changes: dict[str, object] = {}
    if (theme := request.POST.get("theme")) in {"auto", "light", "dark"}:
        changes["theme"] = theme
    if "dense" in request.POST:
        changes["is_dense"] = request.POST["dense"] == "1"
    if changes and request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**changes)
    return _back(request)


def _job(request: ActorRequest, key: UUID) -> Job:
    actor: Actor = request.actor
    found = Job.objects.filter(pk=key, organisation_id=actor.organisation_id, person_id=actor.person_key).first()
    if found is None:
        raise NotFound
    return found


def job_page(request: ActorRequest, key: UUID) -> HttpResponse:
    reap()
    job = _job(request, key)
    template = "kit/progress.html" if request.headers.get("HX-Request") else "kit/job.html"
    return render(request, template, {"job": job, "title": job.get_state_display(), "url": request.path})


@require_POST
def job_cancel(request: ActorRequest, key: UUID) -> HttpResponse:
    job = _job(request, key)
    Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(state=Job.State.CANCELLED)
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(is_cancel_wanted=True)
    return redirect(f"/{request.actor.organisation.code}/jobs/{job.pk}/")


@require_POST
def job_again(request: ActorRequest, key: UUID) -> HttpResponse:
    made = again(_job(request, key), request.actor)
    return redirect(f"/{request.actor.organisation.code}/jobs/{made.pk}/")


def job_file(request: ActorRequest, key: UUID) -> HttpResponse | FileResponse:
    job = _job(request, key)
    if not job.file:
        raise NotFound
    return FileResponse(default_storage.open(job.file), as_attachment=True, filename=job.file_name)


def closed(request: HttpRequest) -> HttpResponse:
    """Stands before pages of the sign-in package that would go round administration and its ledger."""
    raise NotFound(_("Your address is kept by your administrator."))


def no_operation(request: HttpRequest) -> HttpResponse:
    """Every address under /api/ that no operation answers."""
    text = _("No operation has this address; see /api/v1/openapi.json.")
    return problem(404, str(NOT_FOUND_TITLE), str(text))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: sent from elsewhere, or older than the sign-in."""
    text = _(
        "The form came without its secret: it is older than your sign-in, or was sent from another site. "
        "Nothing was stored."
    )
    return error_page(
        request,
        403,
        str(_("This form is no longer valid")),
        str(text),
        str(_("Load the page again and send it from there.")),
    )
