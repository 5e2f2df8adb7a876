"""The heat map and the editions of the criteria, as the API speaks them."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router, Schema

from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.kit import registry
from ringwall.kit.acts import plain
from ringwall.kit.api import FAILURES, answer
from ringwall.kit.errors import Denied, NotFound
from ringwall.risk.models import RiskCriteria
from ringwall.risk.queries import editions_of, heat_map
from ringwall.risk.words import language


class CellCount(Schema):
    likelihood: int
    consequence: int
    level: int
    count: int


class LevelName(Schema):
    level: int
    key: str
    name: str
    count: int
    is_above_acceptance: bool


class RiskMatrix(Schema):
    """`cells`: the filled ones alone. `others`: risks judged on scales of other lengths; `unjudged`: not judged."""

    of: str
    edition: str
    likelihood: list[str]
    consequence: list[str]
    matrix: list[list[int]]
    levels: list[LevelName]
    cells: list[CellCount]
    count: int
    above_acceptance: int
    others: int
    unjudged: int


class Edition(Schema):
    number: int
    name: str
    approved_on: date
    approved_by: str | None
    content: dict[str, Any]


class Editions(Schema):
    draft: dict[str, Any]
    has_draft: bool
    editions: list[Edition]


def add_operations(api: NinjaAPI) -> None:
    router = Router(tags=["risks"])

    @router.get(
        "/risk-matrix",
        response={200: RiskMatrix, **FAILURES},
        operation_id="risk_matrix",
        summary="Risks by likelihood and consequence, of those that you may see",
    )
    def risk_matrix(
        request: HttpRequest, of: Literal["current", "target", "inherent"] = "current", scope: str = ""
    ) -> HttpResponse:
        actor = _viewer(request, "risk")
        if "\x00" in scope:
            raise NotFound
        found = heat_map(actor, of, IsmsScope.objects.get_visible(actor, scope) if scope else None)
        if found is None:
            raise NotFound
        criteria, code = found.criteria, language()
        body = {
            "of": of,
            "edition": found.edition.name,
            "likelihood": [step.name(code) for step in criteria.likelihood],
            "consequence": [step.name(code) for step in criteria.consequence],
            "matrix": [list(row) for row in criteria.matrix],
            "levels": [
                {
                    "level": number,
                    "key": band.key,
                    "name": band.name(code),
                    "count": found.by_level[number - 1],
                    "is_above_acceptance": criteria.is_above_acceptance(number),
                }
                for number, band in enumerate(criteria.bands, start=1)
            ],
            "cells": [
                {"likelihood": pair[0], "consequence": pair[1], "level": criteria.level(*pair), "count": count}
                for pair, count in sorted(found.cells.items())
            ],
            "count": found.count,
            "above_acceptance": found.above,
            "others": found.others,
            "unjudged": found.unjudged,
        }
        return answer(body)

    @router.get(
        "/risk-criteria/{key}/editions",
        response={200: Editions, **FAILURES},
        operation_id="criteria_editions",
        summary="The draft of the criteria and all approved editions",
    )
    def criteria_editions(request: HttpRequest, key: str) -> HttpResponse:
        actor = _viewer(request, "criteria")
        if "\x00" in key:
            raise NotFound
        criteria: RiskCriteria = RiskCriteria.objects.get_visible(actor, key)
        editions = [
            {
                "number": edition.number,
                "name": edition.name,
                "approved_on": plain(edition.approved_on),
                "approved_by": edition.approved_by.name if edition.approved_by else None,
                "content": edition.content,
            }
            for edition in editions_of(criteria)
        ]
        return answer({"draft": criteria.content, "has_draft": criteria.has_draft, "editions": editions})

    api.add_router("", router)


def _viewer(request: HttpRequest, kind: str) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    register = registry.registers[kind]
    if not actor.may(register.view_grant):
        raise Denied(_("Your role does not include this register: %(register)s.") % {"register": register.title})
    return actor
