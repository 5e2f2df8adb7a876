"""The two shapes all pages of administration have: panels under a heading, and the form of one act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.kit.actions import Action
from ringwall.kit.errors import Conflict, Denied, Invalid, Refused
from ringwall.kit.inputs import Inputs
from ringwall.kit.pages import FormPage, Link, Pager, Panel
from ringwall.kit.requests import ActorRequest

Answer = Callable[[Any], HttpResponse]


@dataclass(frozen=True, slots=True)
class PanelsPage:
    """`secret` is shown once, to be copied: (what it is, the text, what to know about it)."""

    title: Any
    panels: Sequence[Panel] = ()
    breadcrumb: Sequence[Link] = ()
    primary: Link | None = None
    actions: Sequence[Link] = ()
    intro: Any = ""
    notice: Any = ""
    pager: Pager | None = None
    search: str | None = None
    secret: tuple[Any, str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)


def actor_of(request: ActorRequest) -> Actor:
    actor: Actor = request.actor
    return actor


def address(request: ActorRequest, path: str) -> str:
    return f"/{actor_of(request).organisation.code}/{path}"


def require(actor: Actor, grant: str) -> None:
    if not actor.may(grant):
        raise Denied(_("Your role does not include this page."))


def panels_page(request: HttpRequest, page: PanelsPage, *, status: int = 200) -> HttpResponse:
    return render(request, "administration/panels.html", {"page": page, "title": page.title}, status=status)


def secret_page(request: HttpRequest, title: Any, label: Any, secret: str, about: Any, back: Link) -> HttpResponse:
    """Shows once what is stored nowhere. Never kept by browser or proxy."""
    page = PanelsPage(
        title, secret=(label, secret, about), breadcrumb=[back], primary=Link(_("Done"), back.url, "check", "primary")
    )
    response = panels_page(request, page)
    response.headers["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True)
class ActForm:
    """The page by which one act is done: GET shows its form, POST does it and goes `back` or gives `answer(result)`."""

    act: Action
    back: str
    title: Any
    submit: Any
    subject: Any = None
    initial: Mapping[str, Any] = field(default_factory=dict)
    breadcrumb: Sequence[Link] = ()
    intro: Any = ""
    done: Any = ""
    answer: Answer | None = None

    def respond(self, request: ActorRequest) -> HttpResponse:
        actor = actor_of(request)
        self.act.require(actor, self.subject)

        def run(raw: Mapping[str, Any]) -> Any:
            read = request.POST.get("version", "")
            return self.act.run(
                actor,
                raw,
                subject=self.subject,
                version=int(read) if read.isdigit() else None,
                reason=request.POST.get("reason", ""),
            )

        return form_page(request, self, self.act.inputs, run)


def form_page(
    request: ActorRequest, shape: ActForm, inputs: Inputs, run: Callable[[Mapping[str, Any]], Any]
) -> HttpResponse:
    """Draw and do; what is refused stands above the form, which keeps what was typed."""
    actor = actor_of(request)
    subject = shape.subject
    initial = {name: getattr(subject, name) for name in inputs.fields if hasattr(subject, name)} | dict(shape.initial)
    data = request.POST if request.method == "POST" else None
    form: Any = inputs.form(actor, shape.act.name, data=data, initial=initial)
    version = getattr(subject, "version", None)
    status = 200
    if request.method == "POST":
        try:
            result = run(form.raw())
        except (Invalid, Refused, Conflict) as error:
            form.take_errors(error)
            status = error.status
            version = error.record.version if isinstance(error, Conflict) else version
        else:
            if shape.answer:
                return shape.answer(result)
            messages.success(request, shape.done or _("Stored."))
            return redirect(shape.back)
    page = FormPage(
        title=shape.title,
        form=form,
        url=request.path,
        submit=shape.submit,
        cancel_url=shape.back,
        breadcrumb=shape.breadcrumb,
        intro=shape.intro or shape.act.help_text,
        version=version,
        is_danger=shape.act.is_danger,
        needs_reason=shape.act.needs_reason,
    )
    return render(request, "kit/form.html", {"page": page, "title": page.title}, status=status)
