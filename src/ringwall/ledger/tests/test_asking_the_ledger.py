from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from ringwall.ledger import queries
from ringwall.ledger.tests.conftest import ANA, ORGANISATION, Append, change

BERLIN, MUNICH = UUID(int=101), UUID(int=102)


def test_the_history_of_a_record_is_its_changes_newest_first(append: Append) -> None:
    append(change(1, version=1, before=None, operation="create"), change(2))
    append(change(2))
    append(change(1, version=2), reason="Moved")
    found = queries.history(ORGANISATION, UUID(int=1))
    assert [(recorded.act.position, recorded.change and recorded.change.version) for recorded in found] == [
        (2, 2),
        (0, 1),
    ]
    assert (found[0].act.actor_id, found[0].act.actor_label, found[0].act.reason) == (ANA, "Ana Beispiel", "Moved")
    assert found[0].change == change(1, version=2)


def test_pages_of_history_follow_each_other_by_position(append: Append) -> None:
    for _ in range(5):
        append()
    first = queries.history(ORGANISATION, UUID(int=1), limit=2)
    second = queries.history(ORGANISATION, UUID(int=1), limit=2, before=first[-1].act.position)
    assert [recorded.act.position for recorded in first + second] == [4, 3, 2, 1]


def test_acts_are_listed_with_the_number_of_their_changes(append: Append) -> None:
    append(change(1), change(2))
    append(verb="organisation.create")
    assert [(act.verb, act.changes) for act in queries.acts(ORGANISATION)] == [
        ("organisation.create", 1),
        ("asset.update", 2),
    ]
    assert [act.position for act in queries.acts(ORGANISATION, before=1)] == [0]
    assert queries.act_count(ORGANISATION) == 2
    assert queries.act_count(UUID(int=9)) == 0


def test_a_reader_of_one_unit_sees_only_the_changes_there(append: Append) -> None:
    both = append(change(1, unit=BERLIN), change(2, unit=MUNICH))
    append(change(3, unit=MUNICH))
    berlin = Q(organisation_id=ORGANISATION, unit_id__in=[BERLIN], restricted=False)
    assert [(act.position, act.changes) for act in queries.acts(ORGANISATION, visible=berlin)] == [(0, 1)]
    assert [recorded.part for recorded in queries.changes_of(both.pk, visible=berlin)] == [1]
    assert queries.history(ORGANISATION, UUID(int=3), visible=berlin) == []


def test_another_organisation_sees_nothing(append: Append) -> None:
    append()
    other = UUID(int=5)
    assert queries.history(other, UUID(int=1)) == []
    assert queries.acts(other) == []


@pytest.mark.parametrize("acts", [1, 20])
def test_each_question_is_one_query(append: Append, acts: int, django_assert_num_queries: Any) -> None:
    last = [append(change(1), change(2)) for _ in range(acts)][-1]
    with django_assert_num_queries(3):
        queries.history(ORGANISATION, UUID(int=1))
        queries.acts(ORGANISATION, visible=Q(restricted=False))
        queries.changes_of(last.pk)
