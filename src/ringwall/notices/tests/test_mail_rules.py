from datetime import date, datetime, timedelta
from email.parser import BytesParser
from email.policy import default

from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.notices.models import MailServer, OutgoingMail
from ringwall.notices.rules.kinds import IMMEDIATE
from ringwall.notices.rules.mail import PAUSES, is_digest_due, is_lasting, one_line, pause_after
from ringwall.notices.sending import message_of

DAYS = st.sets(st.integers(0, 6))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1))


@given(DAYS, st.integers(0, 23), MOMENTS)
def test_a_digest_is_due_once_on_each_day_from_its_hour_on(days: set[int], hour: int, now: datetime) -> None:
    is_due = is_digest_due(days, hour, now, None)
    assert is_due == (now.weekday() in days and now.hour >= hour)
    assert not is_digest_due(days, hour, now, now.date())
    assert is_digest_due(days, hour, now, now.date() - timedelta(days=1)) == is_due
    assert not is_digest_due(set(), hour, now, None)
    assert not is_digest_due(days, hour, now, date.max)


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(n) for n in range(1, len(PAUSES) + 1)]
    assert pauses == sorted(pauses) and pause_after(len(PAUSES) + 1) is None and pause_after(0) is None  # type: ignore[type-var]
    assert [is_lasting(code) for code in (250, 421, 451, 550, 554)] == [False, False, False, True, True]


@given(st.text())
def test_a_header_holds_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1 and len(one_line(text)) <= 200


@settings(max_examples=40)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=180))
def test_a_subject_arrives_as_it_was_written(text: str) -> None:
    server = MailServer(sender="isms@demo.example", sender_name="ISMS Müller & Söhne, Abteilung 3")
    mail = OutgoingMail(
        address="a@demo.example", subject=text, text="x", unsubscribe_url="https://x.example/" + "y" * 200
    )
    written = message_of(mail, server).as_bytes()
    read = BytesParser(policy=default).parsebytes(written)
    assert str(read["Subject"]).split() == one_line(text).split()
    assert read["List-Unsubscribe"] == f"<{mail.unsubscribe_url}>"
    assert max(map(len, written.split(b"\r\n"))) < 998


def test_only_what_cannot_wait_is_immediate() -> None:
    assert {"escalation", "incident_clock", "decision", "emergency"} == IMMEDIATE
