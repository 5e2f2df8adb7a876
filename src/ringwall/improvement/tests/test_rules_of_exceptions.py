from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ringwall.improvement.rules import exceptions as rules
from ringwall.improvement.rules.exceptions import Decision

TODAY = date(2028, 2, 29)
STATES = [rules.ASKED, rules.JUDGED, rules.GRANTED, rules.REFUSED, rules.ENDED]
people = st.sampled_from("abc")


@given(
    st.sampled_from(Decision),
    st.sampled_from(STATES),
    st.sampled_from([rules.LOW, rules.RAISED, rules.HIGH]),
    st.none() | people,
    people,
    people,
    people,
    st.booleans(),
    st.integers(-3, 500),
)
def test_what_is_granted_was_judged_named_limited_and_decided_by_somebody_else(
    decision: Decision,
    state: str,
    level: str,
    decider: str | None,
    asker: str,
    owner: str,
    judge: str,
    named: bool,
    days: int,
) -> None:
    until = TODAY + timedelta(days=days)
    bar = rules.bar(
        decision,
        state=state,
        level=level,
        decider=decider,
        askers={asker},
        owners={owner},
        judged_by=judge,
        names_something=named,
        until=until,
        today=TODAY,
    )
    if bar is not None:
        return
    assert decider is not None and state in rules.NEEDS[decision]
    if rules.LEADS_TO[decision] == rules.GRANTED:
        assert state == rules.JUDGED and named and decider not in {asker, owner}
        assert TODAY < until <= date(2029, 2, 28)
        assert level == rules.LOW or (decision is Decision.AUTHORISE and decider != judge)
        assert rules.is_in_force(rules.GRANTED, until, until, TODAY)
        assert not rules.is_in_force(rules.GRANTED, until, until + timedelta(days=1), TODAY)
