from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.access.models import RoleAssignment
from ringwall.assets.actions import acts as asset_acts
from ringwall.context.models import Waiver
from ringwall.controls.actions import acts as control_acts
from ringwall.kit.acts import acting
from ringwall.kit.errors import Conflict, Denied, Invalid, NotFound, Refused
from ringwall.kit.testing import HOSTILE, acts_in_ledger
from ringwall.ledger.verify import verify_database
from ringwall.risk.actions import accept, assess, countersign, decline, end_acceptance, treat
from ringwall.risk.actions import acts as risk_acts
from ringwall.risk.criteria_actions import acts as criteria_acts
from ringwall.risk.criteria_actions import approve, draft, ensure_default_criteria
from ringwall.risk.models import Acceptance, AcceptanceState, Assessment, CriteriaEdition, Option, Risk, RiskCriteria
from ringwall.risk.rules.acceptance import months_later
from ringwall.risk.rules.defaults import default_content

MakeRisk = Callable[..., Risk]
State = Callable[[Risk], tuple[Any, ...]]


def _today() -> date:
    return timezone.localdate()


def _soon() -> str:
    return str(_today() + timedelta(days=90))


def _api(world: Any, name: str, risk: Risk, verb: str, body: dict[str, Any]) -> Any:
    return world.token(name).post(f"/api/v1/risks/{risk.pk}/{verb}", body, content_type="application/json")


def _waive(world: Any) -> Waiver:
    waiver = Waiver(
        organisation=world.organisation,
        title="Small office",
        rule=Waiver.Rule.AUTHOR_APPROVES,
        justification="Two people.",
        compensation="Yearly look from outside.",
        until_on=_today() + timedelta(days=30),
        state=Waiver.State.GRANTED,
        unit=world.root,
        ref="W-1",
    )
    with acting(world.actor("dora"), "waiver.grant") as act:
        act.save(waiver)
    return waiver


def _assessed(make_risk: MakeRisk, world: Any, likelihood: int, consequence: int) -> Risk:
    """Assessed by ana, so that rita, who owns it, may sign."""
    risk = make_risk()
    assess.run(world.actor("ana"), {"likelihood": likelihood, "consequence": consequence}, subject=risk)
    return Risk.objects.get(pk=risk.pk)


# --- criteria -------------------------------------------------------------------------------------------------------


def test_who_drafted_the_criteria_does_not_approve_them(world: Any, db: Any) -> None:
    criteria = ensure_default_criteria(world.actor("ana"))
    RoleAssignment(
        organisation=world.organisation, person=world.people["dora"], role="isms_manager", unit=world.root
    ).save()
    draft.run(world.actor("dora"), {"content": default_content() | {"accepted_up_to": 3}}, subject=criteria)
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="does not approve"):
        approve.run(world.actor("dora"), {}, subject=criteria)
    with pytest.raises(Denied):
        approve.run(world.actor("ana"), {}, subject=criteria)
    assert acts_in_ledger(world) == before
    assert CriteriaEdition.current(world.organisation.pk) is None
    waiver = _waive(world)
    approve.run(world.actor("dora"), {}, subject=criteria)
    edition = CriteriaEdition.objects.get()
    assert (edition.number, edition.waiver, edition.read().accepted_up_to) == (1, waiver, 3)


def test_a_draft_takes_no_effect_until_it_is_approved_and_risks_keep_their_edition(
    world: Any, make_risk: MakeRisk
) -> None:
    old = _assessed(make_risk, world, 3, 3)
    criteria = RiskCriteria.objects.get()
    content = default_content()
    content["matrix"][2][2] = 5
    draft.run(world.actor("ana"), {"content": content}, subject=criteria)
    assert _assessed(make_risk, world, 3, 3).level == 3
    approve.run(world.actor("dora"), {}, subject=criteria)
    new = _assessed(make_risk, world, 3, 3)
    old = Risk.objects.get(pk=old.pk)
    assert (old.level, new.level) == (3, 5)
    assert old.edition_id != new.edition_id
    with pytest.raises(Refused, match="Nothing waits"):
        approve.run(world.actor("dora"), {}, subject=RiskCriteria.objects.get())


def test_faulty_criteria_are_refused_by_the_api_with_every_place(world: Any, edition: CriteriaEdition) -> None:
    criteria = RiskCriteria.objects.get()
    content = default_content()
    content["likelihood"][0]["name"]["de"] = ""
    content["matrix"][1][1] = 0
    before = acts_in_ledger(world)
    answer = world.token("ana").post(
        f"/api/v1/risk-criteria/{criteria.pk}/draft", {"content": content}, content_type="application/json"
    )
    assert answer.status_code == 422
    assert {
        "Likelihood, 1, name, German: Give it a name.",
        "Matrix, likelihood 2, consequence 2: Choose one of the 5 levels of risk.",
    } <= {error["message"] for error in answer.json()["errors"]}
    assert acts_in_ledger(world) == before
    assert RiskCriteria.objects.get().content == default_content()


def test_nothing_can_be_assessed_before_criteria_are_approved(world: Any, ana: Any) -> None:
    before = acts_in_ledger(world)
    with pytest.raises(Invalid, match="No risk criteria are approved yet"):
        risk_acts.create.run(ana, {"title": "Fire", "likelihood": 2, "consequence": 2})
    assert acts_in_ledger(world) == before
    risk = risk_acts.create.run(ana, {"title": "Fire"})
    with pytest.raises(Refused, match="No risk criteria are approved yet"):
        assess(risk, actor=ana, likelihood=2, consequence=2)
    assert not Assessment.objects.exists()


# --- assessment -----------------------------------------------------------------------------------------------------


def test_levels_given_with_a_risk_are_an_assessment_of_today_by_the_person_who_gave_them(
    world: Any, make_risk: MakeRisk
) -> None:
    risk = make_risk(likelihood="Häufig", consequence="4 Major", target_likelihood=2, target_consequence=4)
    made = risk.assessments.get()
    assert (made.on, made.by_id, made.level, made.target_level) == (_today(), world.people["ana"].pk, 4, 3)
    assert (risk.level, risk.is_above_acceptance, risk.review_on) == (4, True, months_later(_today(), 6))


def test_values_that_stay_the_same_make_no_further_assessment(world: Any, ana: Any, make_risk: MakeRisk) -> None:
    risk = make_risk(likelihood=4, consequence=4)
    risk_acts.update.run(ana, {"likelihood": "Likely", "consequence": 4, "vulnerability": "New"}, subject=risk)
    assert risk.assessments.count() == 1
    risk_acts.update.run(ana, {"consequence": 5}, subject=risk)
    assert [a.consequence for a in risk.assessments.all()] == [5, 4]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"likelihood": 3}, "consequence"),
        ({"consequence": 3}, "likelihood"),
        ({"likelihood": 6, "consequence": 3}, "likelihood"),
        ({"likelihood": "often", "consequence": 3}, "likelihood"),
        ({"likelihood": 0, "consequence": 3}, "likelihood"),
        ({"target_likelihood": 2, "target_consequence": 2}, "likelihood"),
        ({"likelihood": 2, "consequence": 2, "inherent_likelihood": 2}, "inherent_consequence"),
    ],
)
def test_half_a_pair_and_unknown_steps_are_refused_at_their_place(
    world: Any, edition: CriteriaEdition, given: dict[str, Any], place: str
) -> None:
    before = acts_in_ledger(world)
    answer = world.token("ana").post("/api/v1/risks", {"title": "Fire"} | given, content_type="application/json")
    assert answer.status_code == 422, answer.content
    assert place in {error["field"] for error in answer.json()["errors"]}
    assert acts_in_ledger(world) == before
    assert not Risk.objects.exists()


def test_rounds_stay_and_can_be_compared(world: Any, ana: Any, make_risk: MakeRisk) -> None:
    risk = make_risk()
    day = _today() - timedelta(days=100)
    assess.run(
        ana, {"likelihood": 4, "consequence": 5, "on": str(day), "round": "2025", "rationale": HOSTILE}, subject=risk
    )
    assess.run(ana, {"likelihood": 2, "consequence": 5, "round": "2026"}, subject=risk)
    assert [(a.round, a.level) for a in risk.assessments.all()] == [("2026", 4), ("2025", 5)]
    page = world.client("ana").get(world.url(f"risks/{risk.ref}/?tab=assessments")).content.decode()
    assert "fallen" in page and "<script>alert(1)" not in page
    with pytest.raises(Invalid, match="later assessment"):
        assess.run(ana, {"likelihood": 2, "consequence": 2, "on": str(day)}, subject=risk)
    with pytest.raises(Invalid, match="future"):
        assess.run(ana, {"likelihood": 2, "consequence": 2, "on": str(_today() + timedelta(days=1))}, subject=risk)
    assert risk.assessments.count() == 2


def test_two_people_assessing_one_risk_the_second_is_told(world: Any, ana: Any, rita: Any, make_risk: MakeRisk) -> None:
    risk = make_risk()
    assess.run(ana, {"likelihood": 2, "consequence": 2}, subject=risk, version=1)
    with pytest.raises(Conflict):
        assess.run(rita, {"likelihood": 5, "consequence": 5}, subject=risk, version=1)
    assert risk.assessments.get().level == 2


# --- treatment ------------------------------------------------------------------------------------------------------


def test_modifying_needs_a_control_and_sharing_needs_words(
    world: Any, ana: Any, make_risk: MakeRisk, state_of: State
) -> None:
    risk = _assessed(make_risk, world, 4, 4)
    before = state_of(risk)
    for raw, place in (
        ({"option": "modify"}, "controls"),
        ({"option": "share"}, "note"),
        ({"option": "undecided"}, "option"),
    ):
        with pytest.raises(Invalid) as caught:
            treat.run(ana, raw, subject=risk)
        assert place in caught.value.errors
    assert state_of(risk) == before
    control = control_acts.create.run(ana, {"title": "Offline copies", "unit": "Production"})
    treat.run(ana, {"option": "modify", "controls": [control.ref], "due_on": _soon()}, subject=risk)
    risk = Risk.objects.get(pk=risk.pk)
    assert (risk.treatment, [c.pk for c in risk.controls.all()]) == (Option.MODIFY, [control.pk])


def test_a_control_that_the_owner_may_not_see_stays_linked_and_is_not_named(
    world: Any, ana: Any, rita: Any, make_risk: MakeRisk
) -> None:
    hidden = control_acts.create.run(ana, {"title": "Secret vault", "unit": "Sales", "owner": "Ana"})
    own = control_acts.create.run(ana, {"title": "Offline copies", "unit": "Production", "owner": "Rita"})
    risk = _assessed(make_risk, world, 4, 4)
    treat.run(ana, {"option": "modify", "controls": [hidden.ref]}, subject=risk)
    with pytest.raises(Invalid):
        treat.run(rita, {"option": "modify", "controls": [hidden.ref]}, subject=risk)
    treat.run(rita, {"option": "modify", "controls": [own.ref]}, subject=risk)
    assert {c.pk for c in risk.controls.all()} == {hidden.pk, own.pk}
    page = world.client("rita").get(world.url(f"risks/{risk.ref}/")).content.decode()
    assert "Offline copies" in page and "Secret vault" not in page


# --- acceptance -----------------------------------------------------------------------------------------------------


def test_the_owner_accepts_alone_up_to_their_authority(world: Any, rita: Any, make_risk: MakeRisk) -> None:
    risk = _assessed(make_risk, world, 3, 3)
    accept.run(
        rita, {"until": _soon(), "rationale": "Replaced next quarter", "conditions": "Weekly look"}, subject=risk
    )
    risk = Risk.objects.get(pk=risk.pk)
    assert (risk.acceptance, str(risk.accepted_until)) == (AcceptanceState.IN_FORCE, _soon())
    made = risk.acceptances.get()
    assert (made.by_id, made.level, made.conditions, made.next_by_id) == (
        world.people["rita"].pk,
        3,
        "Weekly look",
        None,
    )


def test_above_the_owners_authority_it_waits_until_top_management_signs(
    world: Any, rita: Any, dora: Any, make_risk: MakeRisk
) -> None:
    risk = _assessed(make_risk, world, 4, 4)
    accept.run(rita, {"until": _soon(), "rationale": "No supplier before summer"}, subject=risk)
    risk = Risk.objects.get(pk=risk.pk)
    assert (risk.acceptance, risk.accepted_until) == (AcceptanceState.WAITING, None)
    countersign.run(dora, {"remark": "Report monthly"}, subject=risk)
    risk = Risk.objects.get(pk=risk.pk)
    assert (risk.acceptance, str(risk.accepted_until)) == (AcceptanceState.IN_FORCE, _soon())
    assert risk.acceptances.get().next_by_id == world.people["dora"].pk
    assert verify_database(world.organisation.pk).ok


def test_top_management_refuses_with_a_reason_and_the_risk_stays_open(
    world: Any, rita: Any, dora: Any, make_risk: MakeRisk
) -> None:
    risk = _assessed(make_risk, world, 4, 4)
    accept.run(rita, {"until": _soon(), "rationale": "Too dear"}, subject=risk)
    with pytest.raises(Invalid):
        decline.run(dora, {}, subject=risk)
    decline.run(dora, {}, subject=risk, reason="The board wants it treated")
    risk = Risk.objects.get(pk=risk.pk)
    assert risk.acceptance == AcceptanceState.NONE
    assert (risk.acceptances.get().state, risk.acceptances.get().next_remark) == (
        AcceptanceState.REFUSED,
        "The board wants it treated",
    )


@pytest.mark.parametrize(
    ("name", "verb", "body", "answers"),
    [
        ("ana", "accept", {"until": "2099-01-01", "rationale": "x"}, {403}),
        ("dora", "accept", {"until": "2099-01-01", "rationale": "x"}, {403}),
        ("cleo", "accept", {"until": "2099-01-01", "rationale": "x"}, {403}),
        ("ben", "accept", {"until": "2099-01-01", "rationale": "x"}, {404}),
        ("emil", "accept", {"until": "2099-01-01", "rationale": "x"}, {403, 404}),
        ("nobody", "accept", {"until": "2099-01-01", "rationale": "x"}, {403, 404}),
        ("rita", "accept", {"until": "2099-01-01", "rationale": "x"}, {422}),
        ("rita", "countersign", {}, {403}),
        ("ana", "countersign", {}, {403}),
        ("ana", "decline", {"reason": "x"}, {403}),
        ("rita", "decline", {"reason": "x"}, {403}),
        ("ben", "assess", {"likelihood": 1, "consequence": 1}, {404}),
        ("emil", "assess", {"likelihood": 1, "consequence": 1}, {403, 404}),
        ("cleo", "assess", {"likelihood": 1, "consequence": 1}, {403}),
        ("carl", "treat", {"option": "avoid", "note": "x"}, {403, 404}),
        ("olga", "treat", {"option": "avoid", "note": "x"}, {403, 404}),
        ("ben", "end_acceptance", {"reason": "x"}, {404}),
        ("ana", "end_acceptance", {"reason": "x"}, {403, 422}),
    ],
)
def test_who_may_not_decide_changes_nothing_and_writes_nothing(
    world: Any, make_risk: MakeRisk, state_of: State, name: str, verb: str, body: dict[str, Any], answers: set[int]
) -> None:
    risk = _assessed(make_risk, world, 3, 3)
    before = state_of(risk)
    assert _api(world, name, risk, verb, body).status_code in answers
    posted = world.client(name).post(world.url(f"risks/{risk.ref}/act/{verb}/"), body)
    assert posted.status_code in answers
    assert risk.title not in posted.content.decode() or posted.status_code != 404
    assert state_of(risk) == before


def test_a_stranger_finds_no_risk_to_decide_on(
    world: Any, elsewhere: Any, make_risk: MakeRisk, state_of: State
) -> None:
    risk = _assessed(make_risk, world, 3, 3)
    before = state_of(risk)
    for name in ("ana", "dora", "rita"):
        for verb, body in (
            ("assess", {"likelihood": 1, "consequence": 1}),
            ("accept", {"until": _soon(), "rationale": "x"}),
            ("countersign", {}),
        ):
            assert _api(elsewhere, name, risk, verb, body).status_code == 404
            assert elsewhere.client(name).post(world.url(f"risks/{risk.ref}/act/{verb}/"), body).status_code == 404
    assert state_of(risk) == before


def test_the_assessor_does_not_sign_unless_the_rule_is_waived(
    world: Any, rita: Any, make_risk: MakeRisk, state_of: State
) -> None:
    risk = make_risk()
    assess.run(rita, {"likelihood": 3, "consequence": 3}, subject=risk)
    before = state_of(risk)
    with pytest.raises(Refused, match="does not sign"):
        accept.run(rita, {"until": _soon(), "rationale": "x"}, subject=risk)
    assert state_of(risk) == before
    waiver = _waive(world)
    accept.run(rita, {"until": _soon(), "rationale": "x"}, subject=risk)
    assert risk.acceptances.get().waiver_id == waiver.pk
    page = world.client("ana").get(world.url(f"waivers/{waiver.ref}/")).content.decode()
    assert "Used for" in page and f"Acceptance of {risk.ref}" in page
    assert "Small office" in world.client("rita").get(world.url(f"risks/{risk.ref}/")).content.decode()


def test_an_acceptance_runs_no_longer_than_the_criteria_say(
    world: Any, rita: Any, make_risk: MakeRisk, state_of: State
) -> None:
    risk = _assessed(make_risk, world, 3, 3)
    before = state_of(risk)
    longest = months_later(_today(), 12)
    for until in (longest + timedelta(days=1), _today()):
        with pytest.raises(Refused):
            accept.run(rita, {"until": str(until), "rationale": "x"}, subject=risk)
    with pytest.raises(Invalid):
        accept.run(rita, {"until": str(longest), "rationale": "  "}, subject=risk)
    assert state_of(risk) == before
    accept.run(rita, {"until": str(longest), "rationale": "x"}, subject=risk)


def test_a_worse_assessment_ends_the_acceptance_and_says_so(
    world: Any, ana: Any, rita: Any, make_risk: MakeRisk
) -> None:
    risk = _assessed(make_risk, world, 3, 3)
    accept.run(rita, {"until": _soon(), "rationale": "x"}, subject=risk)
    assess.run(ana, {"likelihood": 3, "consequence": 2}, subject=risk)
    assert Risk.objects.get(pk=risk.pk).acceptance == AcceptanceState.IN_FORCE
    risk_acts.update.run(ana, {"likelihood": 5, "consequence": 5}, subject=risk)
    risk = Risk.objects.get(pk=risk.pk)
    ended = risk.acceptances.get()
    assert (risk.acceptance, risk.accepted_until, ended.state, ended.is_overtaken) == (
        AcceptanceState.NONE,
        None,
        AcceptanceState.ENDED,
        True,
    )
    assert (
        "a later assessment found the risk worse"
        in world.client("ana").get(world.url(f"risks/{risk.ref}/")).content.decode()
    )
    assert verify_database(world.organisation.pk).ok


def test_an_owner_takes_an_acceptance_back(world: Any, rita: Any, make_risk: MakeRisk) -> None:
    risk = _assessed(make_risk, world, 3, 3)
    accept.run(rita, {"until": _soon(), "rationale": "x"}, subject=risk)
    end_acceptance.run(rita, {}, subject=risk, reason="The copier is gone")
    assert Risk.objects.get(pk=risk.pk).acceptance == AcceptanceState.NONE
    assert Acceptance.objects.get().ended_reason == "The copier is gone"


def test_top_management_does_not_countersign_what_it_assessed(
    world: Any, rita: Any, make_risk: MakeRisk, state_of: State
) -> None:
    RoleAssignment(
        organisation=world.organisation, person=world.people["dora"], role="isms_manager", unit=world.root
    ).save()
    risk = make_risk()
    assess.run(world.actor("dora"), {"likelihood": 5, "consequence": 5}, subject=risk)
    accept.run(rita, {"until": _soon(), "rationale": "x"}, subject=risk)
    before = state_of(risk)
    with pytest.raises(Refused):
        countersign.run(world.actor("dora"), {}, subject=risk)
    assert state_of(risk) == before


def test_a_risk_of_another_unit_cannot_be_seen_by_asset_or_page(world: Any, ana: Any, make_risk: MakeRisk) -> None:
    asset = asset_acts.create.run(ana, {"title": "Line 4", "category": "system", "unit": "Sales"})
    risk = make_risk(title="Hidden scenario", assets=[asset.ref], likelihood=5, consequence=5)
    page = world.client("ben").get(world.url(f"assets/{asset.ref}/"))
    assert page.status_code == 200 and "Hidden scenario" not in page.content.decode()
    assert "Hidden scenario" in world.client("ana").get(world.url(f"assets/{asset.ref}/")).content.decode()
    with pytest.raises(NotFound):
        assess.run(world.actor("ben"), {"likelihood": 1, "consequence": 1}, subject=risk)


def test_criteria_of_their_own_start_as_a_draft_of_the_defaults(ana: Any) -> None:
    made = criteria_acts.create.run(ana, {"title": "Group"})
    assert made.content == default_content() and made.has_draft
