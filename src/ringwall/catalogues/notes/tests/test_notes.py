from typing import Any

import pytest

from ringwall.access.policy import system_actor
from ringwall.administration.setup import ensure_installation
from ringwall.catalogues.builtin import load_builtin
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.notes.models import RequirementNote
from ringwall.kit import registry
from ringwall.kit.acts import acting
from ringwall.kit.registry import Carriage
from ringwall.kit.testing import RegisterContract

pytestmark = pytest.mark.once
"""The kit's lists were checked on both databases with other registers."""


class TestRequirementNoteRegister(RegisterContract):
    kind = "requirement_note"
    row = {
        "title": "Banking act asks for it too",
        "requirement": "A.5.31",
        "category": "regulation",
        "text": "Section 25a",
        "source": "KWG, 2026",
        "owner": "ana@demo.example",
    }
    change = {"title": "Two acts ask for it"}
    record_queries = 28

    @pytest.fixture(autouse=True)
    def prepared(self, world: Any) -> None:
        load_builtin(system_actor(ensure_installation(), "test", ["catalogue.import"]))

    def test_it_stands_at_its_requirement_and_moves_along(self, world: Any) -> None:
        ana, note = world.actor("ana"), self.make(world)
        client = world.client("ana")
        page = client.get(world.url("catalogues/iso27001-2022-annex-a/A.5.31/")).content.decode()
        assert note.title in page and "KWG, 2026" in page
        form = client.get(world.url("requirement-notes/new/?requirement=iso27001-2022-annex-a:A.5.32"))
        assert "A.5.32" in form.content.decode()
        carrier, target = registry.carriers["requirement_note"], Requirement.objects.get(identifier="A.5.32")
        (attached,) = carrier.attached(ana, [note.requirement_id])
        with acting(ana, "carry"):
            done = carrier.carry([Carriage(note.pk, target, "yes", [attached])], actor=ana)
        copy = RequirementNote.objects.get(requirement=target)
        assert (copy.title, copy.source) == (note.title, note.source)
        with acting(ana, "undo"):
            assert carrier.undo([(Carriage(note.pk, target, "yes", [attached]), done[0])], actor=ana) == [True]
        copy.refresh_from_db()
        note.refresh_from_db()
        assert copy.is_withdrawn and not note.is_withdrawn
