"""Profiles as files, as the API speaks them; all else of a profile comes from its register."""

from importlib import import_module
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import File, NinjaAPI, Router, Schema
from ninja.files import UploadedFile

from ringwall.access.policy import Actor
from ringwall.catalogues import queries
from ringwall.catalogues.actions import LARGEST, too_large
from ringwall.catalogues.models import Profile
from ringwall.catalogues.tailoring_actions import acts
from ringwall.kit.api import FAILURES, answer


class ProfileNote(Schema):
    severity: Literal["error", "warning", "info"]
    path: str
    message: str


class ProfileImported(Schema):
    profile: str
    title: str
    findings: list[ProfileNote]


router = Router(tags=["profiles"])


def speak(api: NinjaAPI) -> None:
    api.add_router("", router)


@router.get(
    "/profiles/{key}/oscal",
    response={200: dict[str, Any], **FAILURES},
    operation_id="export_profile",
    summary="The profile as an OSCAL document; with format=xml as XML",
)
def export_profile(request: HttpRequest, key: str, format: Literal["json", "xml"] = "json") -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    queries.require_view(actor)
    profile = Profile.objects.select_related("organisation").get_visible(actor, key.replace("\x00", ""))
    content = import_module("ringwall.catalogues.tailoring").profile_file(profile, format)
    return HttpResponse(content, content_type=f"application/{format}")


@router.post(
    "/catalogues/profiles/import",
    response={200: ProfileImported, **FAILURES},
    operation_id="import_oscal_profile",
    summary="Make a profile of an OSCAL profile file whose catalogues are here",
)
def import_oscal_profile(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    queries.require_view(actor)
    acts.create.require(actor)
    if (file.size or 0) > LARGEST:
        raise too_large(file.size or 0)
    importing = import_module("ringwall.catalogues.tailoring_import")
    profile, notes = importing.import_profile(file.read(), file.name or "", actor=actor)
    return answer({"profile": profile.ref, "title": profile.title, "findings": notes})
