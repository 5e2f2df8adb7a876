from typing import Any

import pytest

from ringwall.approvals import actions as approvals
from ringwall.approvals.models import Approval, Signature
from ringwall.approvals.queries import standing
from ringwall.kit import registry
from ringwall.kit.acts import acting
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.verify import verify_database
from ringwall.notices.items import items_for
from ringwall.notices.models import MailServer, Notice, OutgoingMail
from ringwall.soa.actions import decide
from ringwall.soa.queries import statement


@pytest.fixture
def decided(world: Any, scope: Any) -> Any:
    """Every row decided by ana, so that the statement may be submitted."""
    registry.actions["control.create"].run(
        world.actor("ana"), {"title": "Backups", "requirements": "A.8.13", "owner": "carl@demo.example"}
    )
    decide(scope, {row.key: ("applicable", "needed") for row in statement(scope).rows}, actor=world.actor("ana"))
    return scope


def submitted(world: Any, scope: Any) -> Approval:
    return approvals.submit("soa", scope, actor=world.actor("ana"), deciders=[world.people["dora"]])


def test_a_statement_with_undecided_rows_cannot_be_submitted(world: Any, scope: Any) -> None:
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="93"):
        submitted(world, scope)
    assert (Approval.objects.count(), acts_in_ledger(world)) == (0, before)


def test_who_decides_is_told_at_once_and_in_the_digest_until_they_have(world: Any, decided: Any) -> None:
    MailServer(organisation=world.organisation, keeps_unsent=True).save()
    approval = submitted(world, decided)
    dora = world.people["dora"].pk
    assert list(Notice.objects.filter(kind="decision").values_list("person", flat=True)) == [dora]
    assert OutgoingMail.objects.get().subject == "Demo GmbH: Ana waits for your decision"
    (item,) = items_for([world.actor("dora"), world.actor("ana")])[dora]
    assert (item.title, item.path) == (approval.title, f"versions/{approval.pk}/")
    approvals.answer(approval, actor=world.actor("dora"), is_yes=True)
    assert not items_for([world.actor("dora")])


def test_top_management_authorises_and_the_frozen_state_stands_in_the_ledger(world: Any, decided: Any) -> None:
    approval = submitted(world, decided)
    approvals.answer(
        approval, actor=world.actor("dora"), is_yes=True, conditions="Review in spring", conflict="Owns R-0001"
    )
    state = standing("soa", decided)
    assert state.in_force is not None
    assert not state.is_stale
    signature = Signature.objects.get(approval=approval, part="decides")
    assert (signature.conditions, signature.conflict) == ("Review in spring", "Owns R-0001")
    assert (
        approval.sha256
        in world.client("ana").get(world.url(f"reports/soa/{decided.ref}/"), {"format": "json"}).content.decode()
    )
    assert verify_database(world.organisation.pk).ok


def test_taking_a_control_away_makes_the_authorisation_stale_and_progress_only_drifts(world: Any, decided: Any) -> None:
    approvals.answer(submitted(world, decided), actor=world.actor("dora"), is_yes=True)
    control = registry.registers["control"].model.objects.get()
    registry.actions["control.update"].run(world.actor("ana"), {"due_on": "2030-01-31"}, subject=control)
    state = standing("soa", decided)
    assert not state.is_stale
    assert state.comparison is not None
    assert [(d.key, d.field) for d in state.comparison.drift] == [("A.8.13", "due")]
    registry.actions["control.update"].run(world.actor("ana"), {"requirements": ""}, subject=control)
    state = standing("soa", decided)
    assert state.is_stale
    assert state.in_force is not None
    assert state.comparison is not None
    assert [(d.key, d.field) for d in state.comparison.substance] == [("A.8.13", "controls")]
    page = world.client("ana").get(world.url(f"soa/{decided.ref}/")).content.decode()
    assert "stale" in page


def test_the_author_a_person_not_asked_and_one_without_the_right_may_not_decide(world: Any, decided: Any) -> None:
    approval = approvals.submit(
        "soa",
        decided,
        actor=world.actor("ana"),
        deciders=[world.people["dora"], world.people["ana"], world.people["cleo"]],
    )
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="Somebody else"):
        approvals.answer(approval, actor=world.actor("ana"), is_yes=True)
    with pytest.raises(Denied):
        approvals.answer(approval, actor=world.actor("cleo"), is_yes=True)
    with pytest.raises(Refused, match="not asked"):
        approvals.answer(approval, actor=world.actor("adam"), is_yes=True)
    approval.refresh_from_db()
    assert approval.state == Approval.State.SUBMITTED
    assert acts_in_ledger(world) == before


def test_a_no_of_the_decider_ends_the_version_and_the_next_one_counts_on(world: Any, decided: Any) -> None:
    first = submitted(world, decided)
    approvals.answer(first, actor=world.actor("dora"), is_yes=False, conditions="A.8.13 is missing")
    first.refresh_from_db()
    assert first.state == Approval.State.DECLINED
    assert standing("soa", decided).in_force is None
    assert submitted(world, decided).number == 2


def test_only_one_version_is_open_and_it_can_be_recalled(world: Any, decided: Any) -> None:
    approval = submitted(world, decided)
    with pytest.raises(Refused, match="open"):
        submitted(world, decided)
    approvals.recall(approval, actor=world.actor("ana"))
    approval.refresh_from_db()
    assert approval.state == Approval.State.RECALLED
    with pytest.raises(Refused):
        approvals.answer(approval, actor=world.actor("dora"), is_yes=True)


def test_a_new_version_replaces_the_one_in_force_and_both_can_be_compared(world: Any, decided: Any) -> None:
    first = submitted(world, decided)
    approvals.answer(first, actor=world.actor("dora"), is_yes=True)
    with pytest.raises(Refused, match="Nothing has changed"):
        submitted(world, decided)
    decide(decided, {"A.7.4": ("not_applicable", "no premises of our own")}, actor=world.actor("ana"))
    second = submitted(world, decided)
    approvals.answer(second, actor=world.actor("dora"), is_yes=True)
    first.refresh_from_db()
    assert first.state == Approval.State.REPLACED
    page = world.client("dora").get(world.url(f"versions/{second.pk}/"), {"with": "1"})
    assert page.status_code == 200
    assert "no premises of our own" in page.content.decode()


def test_the_whole_flow_works_by_the_pages(world: Any, decided: Any) -> None:
    client = world.client("ana")
    answer = client.post(
        world.url(f"soa/{decided.ref}/submit/"), {"decider": str(world.people["dora"].pk), "note": "please"}
    )
    assert answer.status_code == 302
    approval = Approval.objects.get()
    boss = world.client("dora")
    page = boss.get(world.url(f"versions/{approval.pk}/")).content.decode()
    assert "Approve version 1" in page
    assert client.post(world.url(f"versions/{approval.pk}/answer/"), {"answer": "yes"}).status_code == 422
    assert boss.post(world.url(f"versions/{approval.pk}/answer/"), {"answer": "yes", "version": "1"}).status_code == 302
    approval.refresh_from_db()
    assert approval.state == Approval.State.APPROVED


def test_a_version_of_another_organisation_or_of_a_scope_not_covered_does_not_exist(
    world: Any, decided: Any, elsewhere: Any
) -> None:
    approval = submitted(world, decided)
    for client in (world.client("ben"), world.client("emil"), elsewhere.client("dora")):
        assert client.get(world.url(f"versions/{approval.pk}/")).status_code == 404
        assert client.post(world.url(f"versions/{approval.pk}/answer/"), {"answer": "yes"}).status_code == 404
    assert elsewhere.client("dora").get(elsewhere.url(f"versions/{approval.pk}/")).status_code == 404
    approval.refresh_from_db()
    assert approval.state == Approval.State.SUBMITTED


def test_what_was_decided_under_a_waiver_stands_on_its_page(world: Any, decided: Any) -> None:
    approval = approvals.submit("soa", decided, actor=world.actor("ana"), deciders=[world.people["dora"]])
    approvals.answer(approval, actor=world.actor("dora"), is_yes=True)
    waiver = registry.actions["waiver.create"].run(
        world.actor("ana"),
        {
            "title": "Small firm",
            "rule": "author_approves",
            "justification": "Nine people",
            "compensation": "Outside audit",
            "until_on": "2099-01-01",
        },
    )
    registry.actions["waiver.grant"].run(world.actor("dora"), {}, subject=waiver)
    signature = Signature.objects.get(approval=approval, part="decides")
    signature.waiver_ref = waiver.ref
    with acting(world.actor("dora"), "soa.answer") as act:
        act.save(signature)
    page = world.client("ana").get(world.url(f"waivers/{waiver.ref}/")).content.decode()
    assert "Used for" in page and "version 1" in page and "Not used yet" not in page
    outsider = world.client("ben").get(world.url(f"waivers/{waiver.ref}/"))
    assert b"version 1" not in outsider.content
