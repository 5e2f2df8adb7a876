"""A scope with all that goes into documents: assets, controls, risks, decisions, and catalogues of three kinds."""

from typing import Any

import pytest

from ringwall.access.policy import system_actor
from ringwall.administration.setup import ensure_installation
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.builtin import load_builtin
from ringwall.context.models import IsmsScope
from ringwall.kit import registry
from ringwall.risk.tests.conftest import put_in_force
from ringwall.soa.actions import decide, prepare

RULES = b"identifier,kind,title,text\nHouse 1,requirement,Lock,Doors MUST be locked.\nHouse 2,requirement,Keys,x\n"
ODD = 'Line *one*  with "signs" <b>\n\n- and\n- a list\n'


def make(world: Any, kind: str, **values: Any) -> Any:
    return registry.actions[f"{kind}.create"].run(world.actor("ana"), values)


@pytest.fixture
def scope(world: Any) -> IsmsScope:
    load_builtin(system_actor(ensure_installation(), "setup", ["catalogue.import"]))
    ana = world.actor("ana")
    import_catalogue(RULES, "house.csv", actor=ana, code="house", title="House rules")
    put_in_force(world)
    found: IsmsScope = make(world, "scope", title="Works", covers="All *of* it.", boundaries="Up to the gate.")
    make(world, "asset", ref="A-1", title="Server", category="system", owner="Olga", availability="3")
    data = {"category": "information", "confidentiality": "3", "integrity": "1", "availability": "2"}
    make(world, "asset", ref="A-2", title="Recipes", depends_on="A-1", **data)
    make(
        world,
        "control",
        ref="C-1",
        title="Backups",
        objective=ODD,
        description=" Nightly.\n\n  Kept.",
        requirements="A.8.13, A.5.1, house:House 1",
        owner="Carl",
        implementer="Olga",
        state="implemented",
        implemented_on="2026-01-31",
        cost_yearly="1200.50",
        verify_every="12",
    )
    make(
        world,
        "control",
        ref="C-2",
        title="Night watch",
        state="blocked",
        blocked_reason="No  money",
        due_on="2027-01-31",
    )
    make(
        world,
        "risk",
        ref="R-1",
        title="Ransomware",
        scope=found.ref,
        owner="Rita",
        threat="Malware",
        assets="A-1",
        treatment="modify",
        controls="C-1, C-2",
        requirements="house:House 2",
        due_on="2027-02-28",
        likelihood="4",
        consequence="4",
        target_likelihood="1",
        target_consequence="2",
    )
    make(world, "risk", ref="R-2", title="Rain", scope=found.ref, treatment="retain")
    found = IsmsScope.objects.prefetch_related("units").get(pk=found.pk)
    prepare(found, actor=ana)
    decide(
        found,
        {
            "A.8.13": ("applicable", "Data would be lost."),
            "A.5.1": ("applicable", ""),
            "A.7.4": ("not_applicable", "There are no premises."),
            "A.8.1": ("applicable", "Laptops."),
        },
        actor=ana,
    )
    return found
