from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ringwall.evidence import actions
from ringwall.evidence.models import Evidence, StoredFile
from ringwall.evidence.tests.files import SAMPLES, upload
from ringwall.kit import registry
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.models import EntrySubject
from ringwall.ledger.verify import verify_database


def asset_acts() -> Any:
    """The acts of a register of an upper floor, which tests of this floor may not import."""
    return registry.registers["asset"].acts


def make_asset(world: Any, **other: Any) -> Any:
    values = {"title": "Backup server", "category": "system", "unit": str(world.production.pk)}
    return asset_acts().create.run(world.actor("ana"), values | other)


def add(actor: Any, record: Any, name: str = "report.pdf", content: bytes | None = None, **other: Any) -> Evidence:
    added: Evidence = actions.add.run(actor, {"file": upload(name, content)} | other, subject=record)
    return added


def files_in(storage: Path) -> list[Path]:
    return [path for path in storage.rglob("*") if path.is_file()]


def test_added_by_the_page_it_stands_at_the_record_with_note_and_validity(world: Any, storage: Path) -> None:
    asset = make_asset(world)
    client, url = world.client("ana"), world.url(f"evidence/of/asset/{asset.ref}/")
    assert client.get(url).status_code == 200
    posted = {"file": upload("Restore test.pdf"), "note": "Quarter 1", "valid_until": "2099-01-31"}
    answer = client.post(url, posted)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    row = Evidence.objects.get()
    assert (row.subject_id, row.unit_id, row.restricted, row.owner_id) == (asset.pk, asset.unit_id, False, None)
    page = client.get(world.url(f"assets/{asset.ref}/")).content.decode()
    assert "Restore test.pdf" in page and "Quarter 1" in page
    assert len(files_in(storage)) == 1
    assert "Add evidence" in client.get(world.url(f"assets/{asset.ref}/?tab=history")).content.decode()


def test_equal_content_is_stored_once_in_an_organisation_and_apart_from_other_organisations(
    world: Any, elsewhere: Any, storage: Path
) -> None:
    one, two = make_asset(world), make_asset(world)
    add(world.actor("ana"), one, "a.pdf")
    add(world.actor("ana"), two, "b.pdf")
    assert StoredFile.objects.count() == 1
    add(elsewhere.actor("ana"), make_asset(elsewhere), "c.pdf")
    assert (StoredFile.objects.count(), len(files_in(storage))) == (2, 2)
    assert not {str(row.organisation_id) for row in StoredFile.objects.all()} - {p.parts[-3] for p in files_in(storage)}


def test_the_same_content_twice_at_one_record_is_refused(world: Any, ana: Any) -> None:
    asset = make_asset(world)
    first = add(ana, asset)
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match=first.name):
        add(ana, asset, "again.pdf")
    assert (Evidence.objects.count(), acts_in_ledger(world)) == (1, before)
    actions.withdraw.run(ana, {"evidence": str(first.pk)}, subject=asset, reason="wrong file")
    add(ana, asset, "again.pdf")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.pdf", b"<html></html>"),
        ("x.svg", b"<svg/>"),
        ("x.docx", b"PK\x03\x04 broken"),
        ("x.png", SAMPLES["pdf"]),
        ("x.exe", b"MZ"),
        ("x.pdf", b""),
    ],
)
def test_what_is_no_evidence_is_told_at_the_field_and_nothing_is_stored(
    world: Any, storage: Path, name: str, content: bytes
) -> None:
    asset = make_asset(world)
    before = acts_in_ledger(world)
    answer = world.client("ana").post(world.url(f"evidence/of/asset/{asset.ref}/"), {"file": upload(name, content)})
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert (Evidence.objects.count(), StoredFile.objects.count(), acts_in_ledger(world)) == (0, 0, before)
    assert files_in(storage) == []


def test_no_file_and_a_text_in_its_place_are_refused(world: Any) -> None:
    asset = make_asset(world)
    client, url = world.client("ana"), world.url(f"evidence/of/asset/{asset.ref}/")
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"file": "just text"}).status_code == 422


def test_when_the_room_is_used_up_it_says_how_much_and_whom_to_ask(world: Any, settings: Any, storage: Path) -> None:
    settings.EVIDENCE_QUOTA = len(SAMPLES["pdf"]) + 5
    asset = make_asset(world)
    add(world.actor("ana"), asset)
    before = acts_in_ledger(world)
    answer = world.client("ana").post(world.url(f"evidence/of/asset/{asset.ref}/"), {"file": upload("note.txt")})
    assert answer.status_code == 422
    assert "administrator" in answer.content.decode()
    assert (Evidence.objects.count(), len(files_in(storage)), acts_in_ledger(world)) == (1, 1, before)


def test_a_full_disk_is_told_and_leaves_nothing_behind(world: Any, ana: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.files.storage import default_storage

    def full(*arguments: Any, **options: Any) -> str:
        raise OSError(28, "No space left on device")

    asset = make_asset(world)
    before = acts_in_ledger(world)
    monkeypatch.setattr(type(default_storage._wrapped), "_save", full)  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="could not be stored"):
        add(ana, asset)
    assert (Evidence.objects.count(), StoredFile.objects.count(), acts_in_ledger(world)) == (0, 0, before)
    assert verify_database(world.organisation.pk).ok


def test_half_a_file_left_by_a_killed_process_is_written_anew(world: Any, ana: Any, storage: Path) -> None:
    row = add(ana, make_asset(world))
    path = storage / row.file.path
    path.write_bytes(SAMPLES["pdf"][:4])
    add(ana, make_asset(world))
    assert path.read_bytes() == SAMPLES["pdf"]


def test_an_owner_adds_evidence_to_what_they_own_and_nobody_else_does(world: Any) -> None:
    asset = make_asset(world, owner="olga@demo.example")
    add(world.actor("olga"), asset)
    before = acts_in_ledger(world)
    for name in ("adam", "ben", "carl", "cleo", "dora", "emil", "rita", "nobody"):
        with pytest.raises((Denied, NotFound)):
            add(world.actor(name), asset, "other.txt")
        answer = world.client(name).post(world.url(f"evidence/of/asset/{asset.ref}/"), {"file": upload("other.txt")})
        assert answer.status_code in {403, 404}
    assert (Evidence.objects.count(), acts_in_ledger(world)) == (1, before)


def test_a_withdrawn_record_takes_no_further_evidence(world: Any, ana: Any) -> None:
    asset = make_asset(world)
    asset_acts().withdraw.run(ana, {}, subject=asset, reason="scrapped")
    asset.refresh_from_db()
    with pytest.raises(Refused):
        add(ana, asset)
    assert not Evidence.objects.exists()


def test_withdrawing_needs_a_reason_and_the_right_and_keeps_the_file(world: Any, ana: Any) -> None:
    asset = make_asset(world)
    row = add(ana, asset)
    url = world.url(f"evidence/{row.pk}/withdraw/")
    assert world.client("ana").post(url, {}).status_code == 422
    assert world.client("cleo").post(url, {"reason": "x"}).status_code == 403
    assert world.client("rita").post(url, {"reason": "x"}).status_code == 404
    row.refresh_from_db()
    assert row.withdrawn_on is None
    assert world.client("ana").post(url, {"reason": "superseded"}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_on == timezone.localdate()
    assert row.withdrawn_reason == "superseded"
    assert world.client("ana").get(world.url(f"evidence/{row.pk}/")).status_code == 200
    with pytest.raises(Refused):
        actions.withdraw.run(ana, {"evidence": str(row.pk)}, subject=asset, reason="again")


def test_evidence_of_one_record_is_not_withdrawn_through_another(world: Any, ana: Any) -> None:
    row = add(ana, make_asset(world))
    with pytest.raises(NotFound):
        actions.withdraw.run(ana, {"evidence": str(row.pk)}, subject=make_asset(world), reason="x")


def test_evidence_moves_along_with_its_record(world: Any, ana: Any) -> None:
    asset = make_asset(world)
    row = add(ana, asset)
    url = world.url(f"evidence/{row.pk}/")
    assert world.client("ben").get(url).status_code == 404
    raw = {"unit": str(world.sales.pk), "owner": "olga@demo.example"}
    asset_acts().update.run(ana, raw, subject=asset)
    row.refresh_from_db()
    assert (row.unit_id, row.owner_id) == (world.sales.pk, world.people["olga"].pk)
    assert world.client("ben").get(url).status_code == 200
    asset.refresh_from_db()
    asset_acts().update.run(ana, {"restricted": "1"}, subject=asset)
    assert world.client("ben").get(url).status_code == 404
    told = EntrySubject.objects.get(subject_id=row.pk)
    assert (told.unit_id, told.restricted) == (world.sales.pk, True)


def test_expired_evidence_is_a_debt_of_those_who_see_it(world: Any, ana: Any, ben: Any) -> None:
    asset = make_asset(world)
    yesterday = timezone.localdate() - timedelta(days=1)
    add(ana, asset, valid_until=yesterday.isoformat())
    add(ana, asset, "note.txt", valid_until=timezone.localdate().isoformat())
    (debt,) = [link for link in registry.answers("debts", ana) if link.key == "evidence.expired"]
    assert debt.count == 1
    page = world.client("ana").get(debt.url).content.decode()
    assert "report.pdf" in page and "note.txt" not in page
    assert "note.txt" in world.client("ana").get(world.url("evidence/?show=expiring")).content.decode()
    assert registry.answers("debts", ben) == []
    assert "report.pdf" not in world.client("ben").get(world.url("evidence/")).content.decode()
    assert world.client("nobody").get(world.url("evidence/")).status_code == 403
    assert Client().get(world.url("evidence/")).status_code == 302


def test_the_bytes_stand_in_the_ledger_by_their_hash(world: Any, ana: Any) -> None:
    from ringwall.ledger.queries import history

    row = add(ana, make_asset(world))
    (told,) = history(world.organisation.pk, row.file.pk)
    assert told.change is not None and told.change.after["sha256"] == row.file.sha256
    assert verify_database(world.organisation.pk).ok


def test_dates_that_are_none_are_refused(world: Any, ana: Any) -> None:
    with pytest.raises(Invalid) as refused:
        add(ana, make_asset(world), valid_until="2026-02-30")
    assert "valid_until" in refused.value.errors
