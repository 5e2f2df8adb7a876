from collections.abc import Callable
from uuid import UUID

import pytest

from ringwall.ledger import actions, export, queries, rules
from ringwall.ledger.models import Entry, EntrySubject, Payload
from ringwall.ledger.rules import LedgerError
from ringwall.ledger.tests.conftest import ANA, ORGANISATION, Append, Written, change
from ringwall.ledger.verify import verify_database, verify_file


def erase(entry: Entry, part: int) -> Entry:
    return actions.erase_payload(entry, part, actor_id=ANA, actor_label="Ana Beispiel", reason="Art. 17 GDPR")


def test_text_and_salt_are_gone_and_the_proof_holds(append: Append, write: Callable[[], Written]) -> None:
    entry = append(change(1), change(2, after={"name": "Erika Muster"}))
    act = erase(entry, 2)
    part = Payload.objects.get(entry=entry, part=2)
    assert (part.salt, part.body, part.erased_in) == ("", "", act.position)
    assert verify_database(ORGANISATION).ok
    written = write()
    assert b"Erika" not in written.data
    assert verify_file(written.path, written.exported.key).ok


def test_the_act_of_erasing_says_what_was_erased_and_by_whom(append: Append) -> None:
    entry = append(change(1, unit=UUID(int=7), restricted=True))
    act = erase(entry, 1)
    assert (act.verb, act.actor_label, act.reason) == ("ledger.erase", "Ana Beispiel", "Art. 17 GDPR")
    (recorded,) = queries.changes_of(act.pk)
    assert recorded.change is not None
    assert (recorded.change.after["position"], recorded.change.after["part"]) == (0, 1)
    row = EntrySubject.objects.get(entry=act)
    assert (row.unit_id, row.restricted) == (UUID(int=7), True)


def test_the_name_of_who_acted_can_be_erased(append: Append) -> None:
    entry = append()
    erase(entry, 0)
    assert (entry.actor_label, entry.reason) == ("", "")
    assert queries.history(ORGANISATION, UUID(int=1))[0].act.actor_label == ""
    assert verify_database(ORGANISATION).ok


def test_the_other_changes_of_the_act_stay_readable(append: Append) -> None:
    entry = append(change(1), change(2), change(3))
    erase(entry, 2)
    assert [recorded.is_erased for recorded in queries.changes_of(entry.pk)] == [False, True, False]


def test_what_is_erased_or_does_not_exist_cannot_be_erased(append: Append) -> None:
    entry = append()
    act = erase(entry, 1)
    for target, part, why in [
        (entry, 1, "was erased by entry 1"),
        (entry, 9, "no part 9"),
        (act, 1, "needed for the proof"),
    ]:
        with pytest.raises(LedgerError, match=why):
            erase(target, part)
    assert Entry.objects.count() == 2


def test_a_part_that_came_back_from_a_backup_is_told(append: Append, write: Callable[[], Written]) -> None:
    entry = append()
    part = Payload.objects.get(entry=entry, part=1)
    erase(entry, 1)
    data = write().data.replace(b"erased ", b"part %s %s\nerased " % (part.salt.encode(), part.body.encode()), 1)
    erased_line = b"erased " + rules.commitment(part.salt, part.body).hex().encode() + b"\n"
    written = write()
    report = verify_file(written.changed(data.replace(erased_line, b"")), written.exported.key)
    assert report.ok
    assert [finding.path for finding in report.findings if "backup" in finding.message] == [f"{ORGANISATION}/entry/0"]


def test_an_erasure_during_an_export_makes_the_file_go_on_to_its_act(
    append: Append, write: Callable[[], Written], monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [append() for _ in range(3)]
    stored = export.stored_entries
    done: list[Entry] = []

    def erasing(organisation: UUID, first: int, after: int) -> object:
        if not done:
            done.append(erase(entries[1], 1))
        return stored(organisation, first, after)

    monkeypatch.setattr(export, "stored_entries", erasing)
    written = write()
    assert written.exported.entries == 4
    assert verify_file(written.path, written.exported.key, written.exported.checkpoint).ok
