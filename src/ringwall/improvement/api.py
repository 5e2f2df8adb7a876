"""Findings about a record, as the API speaks them: for scanners and other programs that test what is registered."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from pydantic import Field

from ringwall.access.policy import Actor
from ringwall.improvement import queries
from ringwall.improvement.actions.findings import finding_acts
from ringwall.improvement.models import Finding
from ringwall.kit import registry
from ringwall.kit.api import FAILURES, answer, teller, told
from ringwall.kit.errors import Denied
from ringwall.kit.fetching import fetch, fetch_one
from ringwall.kit.schemas import schemas_of
from ringwall.tasks.queries import subject

Kind = Annotated[str, Field(max_length=40, description="Kind of the record, such as asset")]
Key = Annotated[str, Field(max_length=80, description="Its reference or id")]


def add_to(api: NinjaAPI) -> None:
    register = registry.registers[Finding.kind]
    made = schemas_of(register)
    given_shape: Any = made.create
    router = Router(tags=[register.slug])

    @router.get(
        "/about/{kind}/{subject_key}",
        response={200: made.rows, **FAILURES},
        operation_id="findings_about_record",
        summary="Findings about a record",
    )
    def findings_about(request: HttpRequest, kind: Kind, subject_key: Key) -> HttpResponse:
        actor: Actor = request.auth  # type: ignore[attr-defined]
        if not actor.may(register.view_grant):
            raise Denied(_("Your role does not include this register: %(register)s.") % {"register": register.title})
        found = queries.findings_about(subject(actor, kind, subject_key), actor)
        rows = fetch(register, actor, [finding.pk for finding in found], register.told_keys)
        return answer({"rows": list(map(teller(register, actor, register.told_keys), rows)), "next": None})

    @router.post(
        "/about/{kind}/{subject_key}",
        response={201: made.row, **FAILURES},
        operation_id="create_finding_about_record",
        summary="Record a finding about a record",
    )
    def create(request: HttpRequest, kind: Kind, subject_key: Key, given: given_shape) -> HttpResponse:
        actor: Actor = request.auth  # type: ignore[attr-defined]
        record = subject(actor, kind, subject_key)
        raw = {"unit": str(record.unit_id), "restricted": record.restricted}
        raw |= given.model_dump(mode="json", exclude_unset=True)
        about = {"subject_kind": record.kind, "subject_id": record.pk}
        finding = finding_acts.create.run(actor, raw, **about)
        finding = fetch_one(register, actor, finding.pk, register.told_keys)
        return answer(told(register, finding, actor, register.told_keys), 201, finding.version)

    api.add_router(f"/{register.slug}", router)
