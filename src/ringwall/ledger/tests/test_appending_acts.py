import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from ringwall.ledger import actions, merkle, rules
from ringwall.ledger.models import Checkpoint, Entry, EntrySubject, Head, Payload
from ringwall.ledger.notes import CheckpointNote, VerifierKey
from ringwall.ledger.tests.conftest import ANA, ORGANISATION, Append, change
from ringwall.lib.canonical import CanonicalError, encode

UNIT = UUID(int=77)


def test_an_act_becomes_one_entry_with_its_parts_and_an_index_row_for_each_record(append: Append) -> None:
    entry = append(change(1, unit=UNIT, restricted=True, owner=ANA), change(2), verb="asset.import")
    assert (entry.position, entry.verb, entry.actor_id) == (0, "asset.import", ANA)
    assert (entry.actor_label, entry.reason) == ("Ana Beispiel", "Yearly review")
    bodies = [json.loads(body) for body in Payload.objects.order_by("part").values_list("body", flat=True)]
    assert bodies[0] == {"actor": "Ana Beispiel", "reason": "Yearly review"}
    assert [body["ref"] for body in bodies[1:]] == ["A-0001", "A-0002"]
    index = EntrySubject.objects.order_by("part").values_list("part", "subject_id", "unit_id", "restricted", "owner_id")
    assert list(index) == [(1, UUID(int=1), UNIT, True, ANA), (2, UUID(int=2), None, False, None)]


def test_the_header_is_canonical_json_and_its_hash_is_the_leaf(append: Append) -> None:
    entry = Entry.objects.get(pk=append().pk)
    assert encode(json.loads(entry.header)) == entry.header
    assert bytes(entry.leaf_hash) == sha256(b"\x00" + entry.header.encode()).digest()


def test_the_header_holds_no_name_no_reason_and_no_value(append: Append) -> None:
    header = append().header
    assert not any(word in header for word in ("Ana", "Yearly", "Mail", "A-0001"))


def test_the_head_is_the_tree_of_all_entries(append: Append) -> None:
    leaves = [bytes(append().leaf_hash) for _ in range(11)]
    head = Head.objects.get(pk=ORGANISATION)
    assert (head.size, bytes(head.root)) == (11, merkle.root_of(leaves))


def test_organisations_have_ledgers_of_their_own(append: Append) -> None:
    append()
    other = append(organisation=UUID(int=2))
    assert other.position == 0
    assert Head.objects.count() == 2


def test_equal_acts_have_different_hashes_because_each_part_has_its_own_salt(append: Append) -> None:
    append(change(), change())
    commitments = [bytes(value) for value in Payload.objects.values_list("commitment", flat=True)]
    salts = set(Payload.objects.values_list("salt", flat=True))
    assert len(set(commitments)) == len(salts) == 3


def test_an_entry_is_never_dated_before_the_one_it_follows(append: Append) -> None:
    first = append(at=datetime(2024, 5, 1, 12, tzinfo=UTC))
    second = append(at=datetime(2024, 4, 1, 12, tzinfo=UTC))
    assert second.at == first.at
    assert append().at > first.at


def test_an_act_dated_in_the_future_is_refused(append: Append) -> None:
    with pytest.raises(rules.LedgerError, match="future"):
        append(at=timezone.now() + timedelta(days=1))
    assert not Entry.objects.exists()


@pytest.mark.parametrize("verb", ["", "Asset.update", "asset update", 'a"b', "x" * 101, "asset.ändern", rules.ERASE])
def test_a_verb_that_is_no_name_of_an_action_is_refused(append: Append, verb: str) -> None:
    with pytest.raises(rules.LedgerError, match=r"verb|erase_payload"):
        append(verb=verb)
    assert not Entry.objects.exists()


def test_a_value_without_canonical_form_is_refused_with_its_place_and_nothing_is_stored(append: Append) -> None:
    with pytest.raises(CanonicalError) as caught:
        append(change(1), change(2, after={"cost": [1, 0.5]}))
    assert caught.value.path == "/changes/1/asset A-0002/after/cost/1"
    assert not Entry.objects.exists()
    assert not Payload.objects.exists()


def test_a_change_too_large_for_the_file_is_refused(append: Append, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_BODY", 300)
    with pytest.raises(rules.LedgerError, match="change 1 takes"):
        append(change(after={"text": "x" * 300}))
    assert not Entry.objects.exists()


@pytest.mark.parametrize("write", ["append", "checkpoint"])
def test_outside_a_transaction_nothing_is_written(append: Append, monkeypatch: pytest.MonkeyPatch, write: str) -> None:
    monkeypatch.setattr(actions, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="transaction"):
        append() if write == "append" else actions.checkpoint(ORGANISATION)
    assert not Entry.objects.exists()
    assert not Head.objects.exists()


def test_an_act_that_is_rolled_back_leaves_no_trace(append: Append) -> None:
    append()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        append()
        raise ZeroDivisionError
    assert append().position == 1


@pytest.mark.parametrize("changes", [1, 500])
def test_the_number_of_statements_does_not_grow_with_the_number_of_changes(
    append: Append, changes: int, django_assert_max_num_queries: Any
) -> None:
    append()
    with django_assert_max_num_queries(5):
        append(*map(change, range(changes)))


def test_a_checkpoint_is_signed_after_so_many_acts(append: Append, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHECKPOINT_EVERY", 4)
    for _ in range(9):
        append()
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [4, 8]


def test_a_checkpoint_states_the_head_and_is_true(append: Append) -> None:
    append()
    stored = actions.checkpoint(ORGANISATION)
    note, head = CheckpointNote.parse(stored.note), Head.objects.get(pk=ORGANISATION)
    assert (note.origin, note.size, note.root) == (f"ringwall/{ORGANISATION}", 1, bytes(head.root))
    assert note.is_signed_by(VerifierKey.parse(stored.key.key))


def test_a_second_checkpoint_of_the_same_state_is_the_first_one(append: Append) -> None:
    append()
    assert actions.checkpoint(ORGANISATION) == actions.checkpoint(ORGANISATION)
    assert actions.checkpoint_all() == []
    append()
    assert [made.size for made in actions.checkpoint_all()] == [2]


def test_the_private_key_is_a_file_only_its_owner_reads(append: Append, data_directory: Path) -> None:
    append()
    actions.checkpoint(ORGANISATION)
    (file,) = (data_directory / "keys").iterdir()
    assert file.name == f"ledger-{ORGANISATION}.pem"
    assert file.stat().st_mode & 0o077 == 0


def test_a_damaged_private_key_keeps_nobody_from_working(
    append: Append, data_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CHECKPOINT_EVERY", 2)
    (data_directory / "keys").mkdir(parents=True)
    (data_directory / "keys" / f"ledger-{ORGANISATION}.pem").write_text("not a key")
    assert [append().position for _ in range(3)] == [0, 1, 2]
    assert not Checkpoint.objects.exists()
    with pytest.raises(rules.LedgerError, match="backup"):
        actions.checkpoint(ORGANISATION)
    append(organisation=UUID(int=2))
    assert [made.organisation_id for made in actions.checkpoint_all()] == [UUID(int=2)]


def test_moving_a_record_moves_its_index_rows_and_no_entry(append: Append) -> None:
    before = append(change(1), change(2)).header
    assert actions.move_subjects(ORGANISATION, [UUID(int=1)], unit=UNIT, restricted=True, owner=None) == 1
    assert EntrySubject.objects.get(unit_id=UNIT).subject_id == UUID(int=1)
    assert EntrySubject.objects.get(unit_id=None).subject_id == UUID(int=2)
    assert Entry.objects.get().header == before
