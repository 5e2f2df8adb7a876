from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.access.policy import system_actor
from ringwall.administration.setup import ensure_installation
from ringwall.catalogues.builtin import load_builtin
from ringwall.catalogues.models import Requirement
from ringwall.controls.actions import acts as control_acts
from ringwall.improvement import queries
from ringwall.improvement.actions import corrective, findings
from ringwall.improvement.models import CorrectiveAction, EffectivenessCheck, Finding
from ringwall.improvement.tests.flows import (
    acted_on,
    analyse,
    check,
    complete,
    correct,
    days_later,
    note,
    plan,
    waive,
    with_role,
)
from ringwall.kit import registry
from ringwall.kit.acts import acting
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.verify import verify_database
from ringwall.tasks.models import Task


def stands(finding: Finding) -> str:
    finding.refresh_from_db()
    return str(finding.state)


def test_a_nonconformity_goes_from_correction_to_a_check_by_somebody_else(world: Any, carl: Any, cleo: Any) -> None:
    finding = note(world.actor("ana"))
    assert stands(finding) == "open"
    with pytest.raises(Refused, match="at once"):
        analyse(carl, finding)
    correct(carl, finding)
    assert (stands(finding), finding.corrected_by_id) == ("corrected", carl.person_id)
    with pytest.raises(Refused, match="cause is not known"):
        plan(carl, finding)
    analyse(carl, finding)
    assert (stands(finding), finding.cause_lines) == ("analysed", [["", "Nobody planned it"], ["", "It has no owner"]])
    with pytest.raises(Refused, match="No action has been finished"):
        check(cleo, finding)
    planned = plan(carl, finding)
    assert stands(finding) == "acting"
    task = Task.objects.get(subject_id=planned.pk)
    assert (task.assignee_id, task.state) == (world.people["olga"].pk, "open")
    complete(world.actor("olga"), planned)
    task.refresh_from_db()
    assert (stands(finding), task.state) == ("checking", "done")
    assert finding.check_on == timezone.localdate() + timedelta(days=30)
    waits = Task.objects.get(subject_id=finding.pk)
    assert (waits.assignee_id, waits.due_on) == (cleo.person_id, finding.check_on)
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="fault needs time"):
        check(cleo, finding)
    assert (stands(finding), acts_in_ledger(world), EffectivenessCheck.objects.count()) == ("checking", before, 0)
    with days_later(30):
        check(cleo, finding)
    waits.refresh_from_db()
    assert (stands(finding), waits.state) == ("closed", "done")
    made = EffectivenessCheck.objects.get()
    assert (made.by_id, made.is_effective, made.round, made.cause) == (
        cleo.person_id,
        True,
        1,
        "Backups have no owner",
    )
    for change in ({"title": "Nothing to see"}, {"owner": ""}, {"category": "major"}):
        with pytest.raises(Invalid):
            findings.finding_acts.update.run(world.actor("ana"), change, subject=finding)
    with pytest.raises(Refused, match="closed"):
        correct(carl, finding)
    assert verify_database(world.organisation.pk).ok
    page = world.client("ana").get(world.url(f"findings/{finding.ref}/")).content.decode()
    assert "And why that?" in page and "The tests of two months" in page and planned.ref in page


def test_actions_without_effect_open_it_again_and_the_round_is_kept(world: Any, carl: Any, cleo: Any) -> None:
    finding = acted_on(world)
    with days_later(31):
        check(cleo, finding, "not_effective")
        assert (stands(finding), finding.round, finding.cause, finding.check_on) == ("open", 2, "", None)
        with pytest.raises(Refused):
            check(cleo, finding)
        correct(carl, finding)
        analyse(carl, finding)
        assert stands(finding) == "analysed"  # the action of the first round counts no more
        complete(world.actor("olga"), plan(carl, finding, title="Test by calendar"))
    made = EffectivenessCheck.objects.get()
    assert (made.is_effective, made.cause, made.correction) == (False, "Backups have no owner", "Restored one server")
    assert list(CorrectiveAction.objects.order_by("ref_key").values_list("round", flat=True)) == [1, 2]
    with days_later(70):
        check(cleo, finding)
    assert stands(finding) == "closed"
    page = world.client("cleo").get(world.url(f"findings/{finding.ref}/")).content.decode()
    assert "without effect" in page and "What was thought to be the cause" in page


@pytest.mark.parametrize("name", ["carl", "olga", "rita"], ids=["corrected it", "acted", "owned it once"])
def test_nobody_checks_what_they_own_corrected_or_carried_out(world: Any, ana: Any, name: str) -> None:
    owner, by = ("rita", "ana") if name == "rita" else ("carl", "carl")
    finding = acted_on(world, by, checker="", owner=f"{owner}@demo.example")
    findings.finding_acts.update.run(ana, {"owner": "ana@demo.example"}, subject=finding)  # handed over, not shed
    actor = with_role(world, name)
    with days_later(40):
        before = acts_in_ledger(world)
        with pytest.raises(Refused, match="cannot check"):
            check(actor, finding)
        answer = world.token(name).post(
            f"/api/v1/findings/{finding.pk}/check",
            {"result": "effective", "looked_at": "All of it"},
            content_type="application/json",
        )
        assert answer.status_code == 422
        found = (stands(finding), EffectivenessCheck.objects.count(), acts_in_ledger(world))
        assert found == ("checking", 0, before)
        waiver = waive(world, "owner_checks")
        check(world.actor(name), finding)
    assert (stands(finding), EffectivenessCheck.objects.get().waiver_id) == ("closed", waiver.pk)
    used = world.client("ana").get(world.url(f"waivers/{waiver.ref}/")).content.decode()
    assert f"/findings/{finding.ref}/" in used


@pytest.mark.parametrize("name", ["ben", "rita", "dora", "emil", "adam", "nobody"])
def test_who_lacks_the_right_does_nothing_with_a_finding(world: Any, ana: Any, name: str) -> None:
    finding = note(ana)
    actor = world.actor(name)
    before = acts_in_ledger(world)
    for attempt in (
        lambda: note(actor),
        lambda: correct(actor, finding),
        lambda: findings.conclude.run(actor, {"conclusion": "x"}, subject=finding),
        lambda: findings.join.run(actor, {"earlier": finding.ref}, subject=finding),
        lambda: check(actor, finding),
    ):
        with pytest.raises((Denied, NotFound)):
            attempt()
    finding.refresh_from_db()
    assert (finding.state, finding.version, acts_in_ledger(world)) == ("open", 1, before)


def test_a_nonconformity_is_neither_concluded_nor_renamed_nor_closed_without_evidence(
    world: Any, ana: Any, cleo: Any
) -> None:
    finding = acted_on(world, evidence="")
    before = acts_in_ledger(world)
    with days_later(40):
        with pytest.raises(Refused, match="Nothing shows"):
            check(cleo, finding)
        with pytest.raises(Refused, match="check of effectiveness alone"):
            findings.conclude.run(ana, {"conclusion": "Not so bad"}, subject=finding)
        with pytest.raises(Invalid, match="renaming"):
            findings.finding_acts.update.run(ana, {"category": "observation"}, subject=finding)
    assert (stands(finding), acts_in_ledger(world)) == ("checking", before)


def test_an_observation_may_be_concluded_in_words_once_its_actions_are_finished(world: Any, ana: Any) -> None:
    seen = note(ana, category="observation")
    planned = plan(ana, seen, "emil")
    with pytest.raises(Refused, match="still open"):
        findings.conclude.run(ana, {"conclusion": "Done"}, subject=seen)
    emil = world.actor("emil")
    assert world.client("emil").get(world.url(f"corrective-actions/{planned.ref}/")).status_code == 200
    assert world.client("emil").get(world.url(f"findings/{seen.ref}/")).status_code in {403, 404}
    complete(emil, planned)
    with pytest.raises(Invalid, match="finished"):
        corrective.corrective_acts.update.run(ana, {"owner": "ana@demo.example"}, subject=planned)
    findings.conclude.run(ana, {"conclusion": "Backups have an owner now"}, subject=seen)
    assert (stands(seen), seen.conclusion) == ("closed", "Backups have an owner now")
    with pytest.raises(Refused):
        corrective.corrective_acts.withdraw.run(ana, {}, subject=planned, reason="mistake")
    with pytest.raises(Invalid, match="no further action"):
        corrective.corrective_acts.create.run(ana, {"title": "More", "finding": seen.ref})


def test_a_fishbone_is_kept_by_branch_and_dropped_actions_do_not_count(world: Any, ana: Any) -> None:
    finding = note(ana)
    correct(ana, finding)
    with pytest.raises(Invalid, match="branch"):
        findings.fishbone.run(ana, {"cause": "Who knows"}, subject=finding)
    raw = {"people": "One admin", "management": "No time given", "cause": "Restores are nobody's work"}
    findings.fishbone.run(ana, raw, subject=finding)
    planned = plan(ana, finding)
    corrective.drop.run(ana, {}, subject=planned, reason="Too costly")
    assert (stands(finding), finding.cause_method) == ("analysed", "fishbone")
    page = world.client("ana").get(world.url(f"findings/{finding.ref}/")).content.decode()
    assert "Management and resources" in page and "No time given" in page and "Too costly" in page


def test_a_finding_about_a_record_stands_there_and_names_it_only_to_who_may_see_it(
    world: Any, elsewhere: Any, ana: Any
) -> None:
    hidden = control_acts.create.run(ana, {"title": "Secret vault", "unit": str(world.production.pk)})
    url = world.url(f"findings/about/control/{hidden.ref}/new/")
    client = world.client("ana")
    posted = {"title": "Vault stands open", "category": "minor", "source": "check", "unit": str(world.sales.pk)}
    assert client.post(url, posted).status_code == 302
    finding = Finding.objects.get()
    assert (finding.subject_kind, finding.subject_id) == ("control", hidden.pk)
    assert finding.ref in client.get(world.url(f"controls/{hidden.ref}/")).content.decode()
    mine, theirs = (world.client(name).get(world.url(f"findings/{finding.ref}/")) for name in ("ana", "ben"))
    assert "Secret vault" in mine.content.decode()
    assert theirs.status_code == 200
    history = world.client("ben").get(world.url(f"findings/{finding.ref}/?tab=history")).content.decode()
    for text in (theirs.content.decode(), history):
        assert "Secret vault" not in text and hidden.ref not in text and str(hidden.pk) not in text
    assert world.client("ben").get(url).status_code in {403, 404}
    api, spoken = world.token("ana"), f"/api/v1/findings/about/control/{hidden.ref}"
    raw = {"title": "Vault has no lock", "category": "observation", "source": "check"}
    made = api.post(spoken, raw, content_type="application/json")
    assert made.status_code == 201 and made.json()["unit"]["id"] == str(world.production.pk)
    assert [(row["ref"], row["state"]) for row in api.get(spoken).json()["rows"]] == [
        (made.json()["ref"], "open"),
        (finding.ref, "open"),
    ]
    before = acts_in_ledger(world)
    assert {world.token("ben").get(spoken).status_code, elsewhere.token("ana").get(spoken).status_code} == {404}
    assert world.token("ben").post(spoken, raw, content_type="application/json").status_code in {403, 404}
    assert acts_in_ledger(world) == before


def test_what_was_found_before_is_shown_first_and_can_be_joined(world: Any, ana: Any) -> None:
    _load_annex_and_clauses()
    earlier = note(ana, requirements=["A.8.13"])
    client, url = world.client("ana"), world.url("findings/new/")
    posted = {"title": "Again restores not tested", "category": "minor", "source": "audit"}
    page = client.post(url, posted)
    assert page.status_code == 200 and earlier.ref in page.content.decode()
    assert Finding.objects.count() == 1
    hidden = page.context["page"].hidden
    assert client.post(url, posted | hidden | {"same": earlier.ref}).status_code == 302
    again = Finding.objects.get(recurrence_of=earlier)
    assert again.ref in client.get(world.url(f"findings/{earlier.ref}/")).content.decode()
    note(ana, title="Server room is open")
    assert queries.similar_to(world.actor("ben"), title=earlier.title) == []
    by_requirement = queries.similar_to(ana, title="Wholly else", requirement_ids=queries.requirement_ids_of(earlier))
    assert by_requirement == [earlier]


def _load_annex_and_clauses() -> None:
    load_builtin(system_actor(ensure_installation(), "set-up", ["catalogue.import"]))


def test_raising_a_finding_in_an_act_needs_no_right_of_its_own(world: Any, ana: Any, emil: Any) -> None:
    _load_annex_and_clauses()
    control = control_acts.create.run(ana, {"title": "Patch", "owner": "carl@demo.example", "restricted": True})
    clause = Requirement.objects.get(catalogue__code="iso27001-2022", identifier="10.2")
    with acting(emil, "check.answer"):
        first = findings.raise_finding(
            control,
            source="check",
            kind="minor",
            title="Not patched",
            text="Three servers",
            requirements=[clause],
            owner_id=None,
            due_on=None,
        )
        other = findings.raise_finding(clause, source="audit", kind="major", title="No audit", text="")
    assert (first.owner_id, first.restricted, first.subject_id) == (world.people["carl"].pk, True, control.pk)
    assert first.due_on == timezone.localdate() + timedelta(days=90)
    assert (other.unit_id, list(other.requirements.all()), other.subject_kind) == (world.root.pk, [clause], "")
    assert {first.ref, other.ref} == {"F-0001", "F-0002"}
    page = world.client("ana").get(clause.address(world.organisation.code)).content.decode()
    assert first.ref in page and other.ref in page
    assert other.ref not in world.client("emil").get(clause.address(world.organisation.code)).content.decode()


def test_a_control_that_does_not_work_becomes_a_finding_in_the_same_act(world: Any, ana: Any, cleo: Any) -> None:
    _load_annex_and_clauses()
    values = {
        "title": "Patch servers",
        "owner": "carl@demo.example",
        "state": "implemented",
        "implemented_on": "2026-01-15",
        "requirements": ["A.8.8"],
        "verifier": "cleo@demo.example",
        "expectation": "Nothing older than 14 days",
        "sample": "20 servers by lot",
        "restricted": True,
    }
    control = control_acts.create.run(ana, values)
    verified = {"on": str(timezone.localdate()), "remark": "3 of 20 late", "remedy": "Patch the three"}

    def verify(result: str) -> None:
        raw = verified | {"result": result, "sample": control.sample}
        registry.actions["control.verify"].run(cleo, raw, subject=control)

    before = acts_in_ledger(world)
    verify("effective")
    assert not Finding.objects.exists()
    verify("partly")
    seen = Finding.objects.get()
    assert acts_in_ledger(world) == before + 2  # one act each
    assert (seen.category, seen.source, seen.subject_id, seen.restricted) == (
        "observation",
        "verification",
        control.pk,
        True,
    )
    assert (seen.owner_id, seen.checker_id) == (world.people["carl"].pk, cleo.person_id)
    assert (seen.remedy, seen.recurrence_of) == ("Patch the three", None)
    assert (seen.description, seen.evidence) == (
        "Expected: Nothing older than 14 days",
        "3 of 20 late\n20 servers by lot",
    )
    assert [r.ref for r in seen.requirements.all()] == ["A.8.8"]
    verify("ineffective")
    again = Finding.objects.get(recurrence_of=seen)
    assert (again.category, again.title) == ("minor", f"{control} does not work")
    page = world.client("carl").get(world.url(f"findings/{again.ref}/act/correct/"))
    assert "Patch the three" in page.content.decode()
    with pytest.raises(NotFound):
        registry.actions["control.verify"].run(world.actor("ben"), verified | {"result": "partly"}, subject=control)
    assert Finding.objects.count() == 2
    assert verify_database(world.organisation.pk).ok
