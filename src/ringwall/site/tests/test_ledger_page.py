"""The page of the ledger shows each person the acts on what they may see; it goes out whole or not at all."""

from pathlib import Path
from typing import Any

import pytest

from ringwall.access.models import RoleAssignment
from ringwall.conftest import World
from ringwall.kit import jobs, registry
from ringwall.ledger.models import Entry
from ringwall.ledger.verify_file import verify_file

ASSET = {"title": "Payroll", "category": "system"}


@pytest.fixture
def acts(world: World) -> World:
    """One asset in Production and one in Sales, each with its reason."""
    create = registry.actions["asset.create"]
    for unit, title in ((world.production, "Milling machine"), (world.sales, "Price list")):
        create.run(world.actor("ana"), ASSET | {"title": title, "unit": str(unit.pk)}, reason=f"because of {title}")
    return world


def page(world: World, name: str, query: str = "") -> str:
    answer = world.client(name).get(world.url(f"ledger/{query}"))
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_it_tells_who_did_what_when_and_why_with_links_to_the_records(acts: World) -> None:
    shown = page(acts, "ana")
    for words in ("Ana", "Create", "because of Milling machine", "Price list", "acts are recorded"):
        assert words in shown
    position = Entry.objects.order_by("-position").first().position  # type: ignore[union-attr]
    assert f"?tab=history#entry-{position}" in shown


def test_whoever_may_see_the_ledger_of_one_unit_sees_the_acts_on_its_records_alone(acts: World) -> None:
    RoleAssignment(
        organisation=acts.organisation, person=acts.people["nobody"], role="internal_auditor", unit=acts.sales
    ).save()
    shown = page(acts, "nobody")
    assert "because of Price list" in shown
    assert "Milling machine" not in shown
    assert "acts are recorded" not in shown, "how many acts there are in all is not theirs to know"


def test_without_the_right_there_is_neither_page_nor_export_nor_verification(acts: World) -> None:
    before = Entry.objects.count()
    client = acts.client("ben")
    assert client.get(acts.url("ledger/")).status_code == 403
    assert client.post(acts.url("ledger/export/")).status_code == 403
    assert client.post(acts.url("ledger/verify/")).status_code == 403
    assert Entry.objects.count() == before
    assert not jobs.Job.objects.exists()


def test_it_is_narrowed_by_person_and_act(acts: World) -> None:
    ana, dora = acts.people["ana"], acts.people["dora"]
    assert "Price list" in page(acts, "ana", f"?person={ana.pk}&verb=asset.create")
    assert "Price list" not in page(acts, "ana", f"?person={dora.pk}")
    assert "Price list" not in page(acts, "ana", "?verb=asset.update")


@pytest.mark.parametrize(
    "query", ["?before=-1", "?before=x", "?person=ana", "?verb=nothing.such", "?before=99999999999999999999"]
)
def test_a_question_that_makes_no_sense_is_refused(acts: World, query: str) -> None:
    assert acts.client("ana").get(acts.url(f"ledger/{query}")).status_code == 422


def test_older_acts_stand_on_the_next_page(acts: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringwall.ledger.queries.PAGE", 1)
    newest = page(acts, "ana")
    last = Entry.objects.order_by("-position").first()
    assert last is not None
    assert "because of Price list" in newest and "because of Milling machine" not in newest
    assert f"?before={last.position}" in newest
    older = page(acts, "ana", f"?before={last.position}")
    assert "because of Milling machine" in older and "because of Price list" not in older


def test_the_export_proves_itself_and_is_recorded(acts: World, tmp_path: Path) -> None:
    answer = acts.client("ana").post(acts.url("ledger/export/"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    file = tmp_path / "ledger.txt"
    file.write_bytes(answer.getvalue())
    assert verify_file(file).ok
    last = Entry.objects.order_by("-position").first()
    assert last is not None
    assert (last.verb, last.actor_label) == ("ledger.export", "Ana")
    assert "Key" in page(acts, "ana")


def test_the_ledger_of_one_unit_is_not_exported(acts: World) -> None:
    RoleAssignment(
        organisation=acts.organisation, person=acts.people["nobody"], role="internal_auditor", unit=acts.sales
    ).save()
    before = Entry.objects.count()
    assert acts.client("nobody").post(acts.url("ledger/export/")).status_code == 403
    assert Entry.objects.count() == before


def test_verification_runs_as_a_job_and_tells_what_it_found(acts: World, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    answer = acts.client("ana").post(acts.url("ledger/verify/"))
    job = jobs.Job.objects.get()
    assert answer.headers["Location"] == acts.url(f"jobs/{job.pk}/")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == jobs.Job.State.DONE, job.message
    assert "The ledger verifies" in job.message
    assert "The ledger verifies" in acts.client("ana").get(acts.url(f"jobs/{job.pk}/")).content.decode()
