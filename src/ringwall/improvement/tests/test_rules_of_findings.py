"""The life of a finding, walked at random: whatever is tried, in whatever order, the promises of 10.2 hold."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ringwall.improvement.rules import findings as rules
from ringwall.improvement.rules.findings import Bar, Facts, Part, Step

TODAY = date(2026, 3, 2)
CATEGORIES = sorted(rules.WAITING_DAYS)
TRIES = [*Step, "finish", "drop", "wait"]


def walk(category: str, tries: list[str], waiting: int | None, has_evidence: bool) -> list[tuple[str, Facts, date]]:
    """What was really done: (step, facts before it, day), each try held against the rules first."""
    facts, today, done = Facts(category, waiting_days=waiting), TODAY, []
    for one in tries:
        before = facts
        if one == "wait":
            today += timedelta(days=20)
        elif one in {"finish", "drop"}:
            if not facts.open_actions or facts.is_closed:
                continue
            facts = replace(facts, open_actions=facts.open_actions - 1)
            if one == "finish":
                facts = replace(facts, done_actions=facts.done_actions + 1, last_done_on=today)
        elif rules.bar(Step(one), facts, today=today, has_evidence=has_evidence) is None:
            facts = {
                Step.CORRECT: replace(facts, has_correction=True),
                Step.ANALYSE: replace(facts, has_cause=True),
                Step.PLAN: replace(facts, open_actions=facts.open_actions + 1),
                Step.CHECK: replace(facts, is_closed=True),
                Step.CONCLUDE: replace(facts, is_closed=True),
            }[Step(one)]
        else:
            continue
        done.append((one, before, today))
    return [*done, ("", facts, today)]


walks = given(
    st.sampled_from(CATEGORIES), st.lists(st.sampled_from(TRIES), max_size=40), st.none() | st.integers(0, 90)
)


@walks
def test_nothing_is_done_with_what_is_closed(category: str, tries: list[str], waiting: int | None) -> None:
    assert not [one for one, before, _day in walk(category, tries, waiting, True) if one in Step and before.is_closed]


@walks
def test_a_nonconformity_closes_only_with_correction_cause_finished_action_evidence_and_waiting(
    category: str, tries: list[str], waiting: int | None
) -> None:
    for has_evidence in (True, False):
        for one, before, day in walk(category, tries, waiting, has_evidence):
            if one == Step.CONCLUDE:
                assert not before.is_nonconformity and not before.open_actions
            if one == Step.CHECK:
                assert has_evidence and before.done_actions and not before.open_actions
                assert before.last_done_on is not None
                days = rules.WAITING_DAYS[category] if waiting is None else waiting
                assert (day - before.last_done_on).days >= days
                assert not before.is_nonconformity or (before.has_correction and before.has_cause)


@walks
def test_the_state_is_that_of_the_earliest_step_that_is_missing(
    category: str, tries: list[str], waiting: int | None
) -> None:
    for _one, facts, _day in walk(category, tries, waiting, True):
        state = rules.state_of(facts)
        assert (state == rules.CLOSED) is facts.is_closed
        assert (rules.check_from(facts) is not None) is (state == rules.CHECKING)
        if facts.is_nonconformity and state in {rules.ACTING, rules.CHECKING}:
            assert facts.has_correction and facts.has_cause


@given(*[st.sampled_from("abcd")] * 4, st.booleans())
def test_who_has_no_part_is_barred_by_none_and_who_has_one_by_each(
    person: str, owner: str, corrected: str, acted: str, is_program: bool
) -> None:
    who = None if is_program else person
    found = rules.parts_of(who, owners={owner}, corrected_by=corrected, acted={acted})
    expected = {Part.OWNER: owner, Part.CORRECTED: corrected, Part.ACTED: acted}
    assert found == [part for part, holder in expected.items() if holder == who]


def test_the_correction_of_somebody_else_stays() -> None:
    facts = Facts(rules.MINOR, has_correction=True)
    assert rules.bar(Step.CORRECT, facts, today=TODAY, is_own_correction=False) is Bar.CORRECTED_BY_ANOTHER
    assert rules.bar(Step.CORRECT, facts, today=TODAY) is None
    assert rules.bar(Step.CORRECT, replace(facts, has_cause=True), today=TODAY) is Bar.CAUSE_KNOWN


def test_findings_are_alike_by_requirement_record_or_two_words() -> None:
    words = rules.words_of("Restores of the mail server are not tested")
    alike = rules.words_of("Nobody tested restores")
    assert rules.likeness(words, alike, same_requirement=False, same_subject=False) == 2
    assert rules.likeness(words, rules.words_of("Mail is slow"), same_requirement=False, same_subject=False) == 0
    assert rules.likeness(set(), set(), same_requirement=True, same_subject=True) == 150
