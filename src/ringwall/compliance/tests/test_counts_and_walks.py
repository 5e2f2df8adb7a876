"""Counts kept beside a check tell what counting its answers would; the next question is the one that the page shows."""

from collections import Counter
from typing import Any

import pytest

from ringwall.access import memory
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.tests.files import KEYS, LOCK, VISITORS, oscal
from ringwall.compliance import interview, queries
from ringwall.compliance.counting import count_anew
from ringwall.compliance.models import Answer, AnswerCount, Check
from ringwall.compliance.questions import questions_of
from ringwall.compliance.tests.conftest import answer_to, give
from ringwall.kit import registry
from ringwall.kit.acts import acting

ALIKE = ("round_id", "value", "unmet", "is_carried", "lacks_reason")


def kept() -> dict[Any, tuple[int, int, int]]:
    rows = AnswerCount.objects.values_list(*ALIKE, "count", "maturity", "rated")
    return {row[:5]: row[5:] for row in rows if any(row[5:])}


def counted() -> dict[Any, tuple[int, int, int]]:
    found: dict[Any, Counter[str]] = {}
    for answer in Answer.objects.filter(withdrawn_on=None):
        told = found.setdefault(tuple(getattr(answer, name) for name in ALIKE), Counter())
        told.update(count=1, maturity=answer.maturity or 0, rated=int(answer.maturity is not None))
    return {key: (told["count"], told["maturity"], told["rated"]) for key, told in found.items()}


def test_counts_move_with_every_act_that_changes_answers(world: Any, house: Check) -> None:
    ana, run = world.actor("ana"), registry.actions
    assert kept() == counted() != {}
    house = run["check.update"].run(ana, {"has_maturity": True}, subject=house)
    give(world, house, "h-1", value="partially", maturity=2)
    give(world, house, "h-2", value="not_needed", maturity=4)
    assert kept() == counted()
    give(world, house, "h-2", value="no", maturity="", justification="No money")
    run["answer.update"].run(ana, {"maturity": 5}, subject=answer_to(house, "h-3"))
    assert kept() == counted()
    later = run["check.next"].run(ana, {"title": "Again", "on": "2026-09-01", "carries": True}, subject=house)
    run["answer.confirm"].run(ana, {}, subject=answer_to(later, "h-1"))
    assert kept() == counted()
    with acting(ana, "answer.give") as act:
        twice = answer_to(later, "h-2")
        for value in ("yes", "partially"):
            twice.value = value
            act.save(twice)
    narrowed = run["check.update"].run(ana, {"parts": "house:h-1"}, subject=house)
    assert kept() == counted()
    run["check.update"].run(ana, {"parts": ""}, subject=narrowed)
    with pytest.raises(RuntimeError), acting(ana, "answer.give") as act:
        twice.value = "no"
        act.save(twice)
        raise RuntimeError
    before = kept()
    assert before == counted()
    for check in (house, later):
        rows = queries.answer_rows(check)
        assert queries.progress_of([check.pk])[check.pk] == queries.progress_in(rows)
    both = queries.progress_of_open(Check.objects.visible_to(ana).present())
    assert both == queries.progress_in([*queries.answer_rows(house), *queries.answer_rows(later)])
    assert queries.progress_of_open(Check.objects.visible_to(world.actor("carl"))).total == 0
    count_anew()
    assert kept() == before


@pytest.mark.parametrize("role", ["", "Porter", "Nobody"])
def test_the_next_question_is_the_one_that_the_page_would_show(world: Any, house: Check, role: str) -> None:
    Requirement.objects.filter(identifier__in=["h-1", "h-3"]).update(attributes={"roles": ["Porter"]})
    check = Check.objects.select_related("catalogue").get(pk=house.pk)
    give(world, check, "h-1", value="no")
    give(world, check, "h-2", value="not_needed")
    for state in interview.WALKS:
        walk = interview.Walk(state, role)
        for row in queries.answer_rows(check):
            shown = interview.question(check, walk, str(row.id))
            assert shown is not None
            first = next((one for one in queries.answer_rows(check) if walk.takes(one) and one.id != row.id), None)
            wanted = shown.after or first
            assert interview.following(check, walk, shown.answer) == (wanted.id if wanted else None), (state, row)


def test_what_a_catalogue_asks_is_read_again_after_the_next_import(
    world: Any, house: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "is_undoable", lambda: False)
    titles = [line.title for line in questions_of(house.catalogue).lines.values()]
    assert questions_of(house.catalogue) is questions_of(house.catalogue)
    renamed = {**LOCK, "title": "The gate is locked"}
    import_catalogue(oscal(renamed, KEYS, VISITORS), "house.json", actor=world.actor("ana"), code="house")
    now = questions_of(Catalogue.objects.get(code="house"))
    assert "The gate is locked" in [line.title for line in now.lines.values()] != titles


def test_debts_tell_what_counting_the_answers_would(world: Any, house: Check) -> None:
    give(world, house, "h-1", value="no")
    give(world, house, "h-2", value="no")
    give(world, house, "h-3", value="not_needed")
    ana = world.actor("ana")
    assert queries.unmet_by_round(ana) == {house.ref: 2}
    assert queries.unjustified(ana) == 1
    registry.actions["check.next"].run(ana, {"title": "Again", "on": "2026-09-01"}, subject=house)
    assert queries.unmet_by_round(ana) == {}, "the latest round counts"
    assert queries.unjustified(ana) == Answer.objects.visible_to(ana).present().filter(lacks_reason=True).count() == 1
    assert (queries.unmet_by_round(world.actor("emil")), queries.unjustified(world.actor("emil"))) == ({}, 0)
