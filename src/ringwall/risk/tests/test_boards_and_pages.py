import io
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ringwall.kit import registry
from ringwall.kit.acts import acting
from ringwall.kit.testing import HOSTILE, acts_in_ledger
from ringwall.risk.actions import accept, assess
from ringwall.risk.actions import acts as risk_acts
from ringwall.risk.criteria_actions import approve, draft
from ringwall.risk.models import Acceptance, AcceptanceState, CriteriaEdition, Risk, RiskCriteria
from ringwall.risk.queries import figures, heat_map
from ringwall.risk.rules.defaults import default_content
from ringwall.risk.rules.editing import PARTS, grown

MakeRisk = Callable[..., Risk]


def _shown(content: Mapping[str, Any]) -> dict[str, str]:
    """What the editor's form would post for this content."""
    posted = {f"{part}-count": str(len(content[part])) for part in PARTS}
    for part in PARTS:
        for number, row in enumerate(content[part], start=1):
            for kind in ("name", "description"):
                posted |= {f"{part}-{number}-{kind}-{code}": text for code, text in row.get(kind, {}).items()}
            posted |= {
                f"{part}-{number}-{key}": str(row[key]) for key in ("key", "authority", "review_months") if key in row
            }
    for r, row in enumerate(content["matrix"], start=1):
        posted |= {f"matrix-{r}-{c}": str(level) for c, level in enumerate(row, start=1)}
    return posted | {key: str(content[key]) for key in ("accepted_up_to", "longest_acceptance")}


# --- heat map -------------------------------------------------------------------------------------------------------


def test_each_cell_of_the_heat_map_leads_to_as_many_rows_as_it_counts(
    world: Any, ana: Any, make_risk: MakeRisk
) -> None:
    for pair in ((4, 5), (4, 5), (1, 2), (3, 3)):
        make_risk(likelihood=pair[0], consequence=pair[1], target_likelihood=1, target_consequence=2)
    make_risk()
    found = heat_map(ana)
    assert found is not None
    assert (found.cells, found.unjudged, found.above) == ({(4, 5): 2, (1, 2): 1, (3, 3): 1}, 1, 3)
    client = world.client("ana")
    for of, count in (("current", 3), ("target", 1)):
        page = client.get(world.url("risk-matrix/"), {"of": of})
        cells = [cell for _name, row in page.context["rows"] for cell in row if cell[1]]
        assert len(cells) == count
        for _band, number, url in cells:
            assert client.get(url).context["page"].pager.count == number
            assert url.replace("&", "&amp;") in page.content.decode()


def test_the_heat_map_counts_only_what_its_reader_may_see(world: Any, ana: Any, make_risk: MakeRisk) -> None:
    make_risk(likelihood=5, consequence=5)
    make_risk(likelihood=5, consequence=5, unit="Sales", owner="Ana")
    make_risk(likelihood=5, consequence=5, unit="Sales", owner="Ana", restricted=True)
    for name, count in (("ana", 3), ("ben", 1), ("rita", 1), ("cleo", 3)):
        found = heat_map(world.actor(name))
        assert found is not None and found.count == count, name
        spoken = world.token(name).get("/api/v1/risk-matrix").json()
        assert (spoken["count"], sum(cell["count"] for cell in spoken["cells"])) == (count, count)
        assert figures(world.actor(name)).count == count
    for name in ("emil", "nobody"):
        assert world.token(name).get("/api/v1/risk-matrix").status_code == 403
        assert world.client(name).get(world.url("risk-matrix/")).status_code == 403
        assert "heat-map" not in world.client(name).get(world.url()).content.decode()


def test_a_stranger_sees_no_matrix_of_ours(world: Any, elsewhere: Any, make_risk: MakeRisk) -> None:
    make_risk(likelihood=5, consequence=5)
    assert elsewhere.client("ana").get(world.url("risk-matrix/")).status_code == 404
    assert elsewhere.token("ana").get("/api/v1/risk-matrix").status_code == 404
    assert Client().get(world.url("risk-matrix/")).status_code == 302
    criteria = RiskCriteria.objects.get()
    assert elsewhere.token("ana").get(f"/api/v1/risk-criteria/{criteria.pk}/editions").status_code == 404


def test_a_heat_map_of_one_scope_uses_the_words_of_its_method(world: Any, ana: Any, make_risk: MakeRisk) -> None:
    scope = registry.actions["scope.create"].run(
        ana, {"title": "Town hall", "method": "grundschutz", "covers": "All of it"}
    )
    make_risk(likelihood=2, consequence=2)
    risk = make_risk(likelihood=4, consequence=4, scope=scope.ref, treatment="share")
    page = world.client("ana").get(world.url("risk-matrix/"), {"scope": scope.ref})
    assert page.context["found"].count == 1
    assert "Frequency" in page.content.decode() and "Likelihood" not in page.context["figure"]
    record = world.client("ana").get(world.url(f"risks/{risk.ref}/")).content.decode()
    assert "Transfer" in record and "Damage" in record
    assert world.client("ana").get(world.url("risk-matrix/"), {"scope": "S-9999"}).status_code == 404
    assert world.client("ana").get(world.url("risk-matrix/"), {"of": "yesterday"}).status_code == 422


def test_risks_on_scales_of_other_lengths_are_told_and_left_out(
    world: Any, ana: Any, dora: Any, make_risk: MakeRisk
) -> None:
    old = make_risk(likelihood=5, consequence=5)
    criteria = RiskCriteria.objects.get()
    content = grown(default_content(), "likelihood")
    content["likelihood"][5]["name"] = {"en": "Daily", "de": "Täglich"}
    draft.run(ana, {"content": content}, subject=criteria)
    approve.run(dora, {}, subject=RiskCriteria.objects.get())
    make_risk(likelihood="Daily", consequence=5)
    make_risk(likelihood=5, consequence=5)
    found = heat_map(ana)
    assert found is not None
    assert (found.count, found.others) == (2, 1)
    page = world.client("ana").get(world.url("risk-matrix/"))
    cells = [cell for _name, row in page.context["rows"] for cell in row if cell[1]]
    assert [world.client("ana").get(url).context["page"].pager.count for _band, _count, url in cells] == [1, 1]
    assert Risk.objects.get(pk=old.pk).level == 5


def test_pages_need_no_more_queries_for_more_risks(world: Any, ana: Any, make_risk: MakeRisk) -> None:
    client = world.client("ana")
    client.get(world.url())  # notes that ana is here, once for a while
    make_risk(likelihood=2, consequence=2)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(world.url(path)).status_code == 200
        return len(captured)

    paths = ("", "risk-matrix/", "risk-matrix/?of=target")
    few = [queries(path) for path in paths]
    for step in range(1, 6):
        make_risk(likelihood=step, consequence=step)
    assert [queries(path) for path in paths] == few


# --- home and debts -------------------------------------------------------------------------------------------------


def test_the_four_figures_lead_to_the_rows_they_count(world: Any, ana: Any, rita: Any, make_risk: MakeRisk) -> None:
    make_risk(likelihood=4, consequence=4)
    make_risk(likelihood=4, consequence=4, treatment="retain", owner="")
    make_risk(likelihood=4, consequence=4, treatment="share")
    expired = make_risk(likelihood=1, consequence=1)
    assess.run(ana, {"likelihood": 3, "consequence": 3}, subject=expired)
    soon = timezone.localdate() + timedelta(days=9)
    accept.run(rita, {"until": str(soon), "rationale": "x"}, subject=expired)
    yesterday = timezone.localdate() - timedelta(days=1)
    expired = Risk.objects.get(pk=expired.pk)
    expired.accepted_until = expired.review_on = yesterday  # as time will make it
    with acting(ana, "test.time") as act:
        act.save(expired)
    found = figures(ana)
    assert (found.untreated, found.expired, found.overdue, found.unowned, found.waiting) == (2, 1, 1, 1, 0)
    client = world.client("ana")
    page = client.get(world.url())
    panel = next(panel for panel in page.context["panels"] if panel.key == "risks")
    for label, count, url, _tone, _note in panel.context["figures"]:
        assert client.get(url).context["page"].pager.count == count, label
    for debt in registry.answers("debts", ana):
        if str(debt.key).startswith("risk."):
            assert client.get(debt.url).context["page"].pager.count == debt.count, debt.key
    record = client.get(world.url(f"risks/{expired.ref}/")).content.decode()
    assert "acceptance expired" in record and "The acceptance has run out" in record


def test_home_without_criteria_says_what_comes_first(world: Any) -> None:
    page = world.client("ana").get(world.url()).content.decode()
    assert "No risk criteria are approved yet" in page


# --- editor ---------------------------------------------------------------------------------------------------------


def test_the_editor_adds_and_removes_levels_without_storing_and_then_stores(
    world: Any, edition: CriteriaEdition
) -> None:
    client, criteria = world.client("ana"), RiskCriteria.objects.get()
    url = world.url(f"risk-criteria/{criteria.ref}/scales/")
    before = acts_in_ledger(world)
    grown_page = client.post(url, _shown(default_content()) | {"do": "grow bands", "version": str(criteria.version)})
    assert grown_page.status_code == 200 and 'name="bands-6-name-en"' in grown_page.content.decode()
    shrunk_page = client.post(url, _shown(default_content()) | {"do": "shrink likelihood 1"})
    assert 'name="likelihood-5-name-en"' not in shrunk_page.content.decode()
    assert acts_in_ledger(world) == before
    content = default_content() | {"accepted_up_to": 1}
    stored = client.post(url, _shown(content) | {"do": "store", "version": str(criteria.version)})
    assert stored.status_code == 302
    criteria = RiskCriteria.objects.get()
    assert (criteria.content, criteria.has_draft, criteria.authors) == (content, True, [str(world.people["ana"].pk)])
    assert edition.read().accepted_up_to == 2


def test_the_editor_lists_every_fault_keeps_what_was_typed_and_stores_nothing(
    world: Any, edition: CriteriaEdition
) -> None:
    criteria = RiskCriteria.objects.get()
    content = default_content()
    content["consequence"][1]["name"]["en"] = ""
    content["bands"][2]["name"]["de"] = HOSTILE
    content["bands"][3]["review_months"] = "soon"
    before = acts_in_ledger(world)
    answer = world.client("ana").post(
        world.url(f"risk-criteria/{criteria.ref}/scales/"), _shown(content) | {"do": "store"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for name in ("consequence-2-name-en", "bands-4-review_months"):
        assert f'href="#{name}"' in page and f'id="{name}-error"' in page
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page
    assert 'value="soon"' in page
    assert acts_in_ledger(world) == before
    assert RiskCriteria.objects.get().content == default_content()


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(
    world: Any, ana: Any, edition: CriteriaEdition
) -> None:
    criteria = RiskCriteria.objects.get()
    draft.run(ana, {"content": default_content() | {"accepted_up_to": 3}}, subject=criteria)
    posted = _shown(default_content() | {"accepted_up_to": 1}) | {"do": "store", "version": str(criteria.version)}
    assert world.client("ana").post(world.url(f"risk-criteria/{criteria.ref}/scales/"), posted).status_code == 409
    assert RiskCriteria.objects.get().content["accepted_up_to"] == 3


@pytest.mark.parametrize(("name", "status"), [("ben", 404), ("cleo", 403), ("dora", 403), ("rita", 404), ("emil", 403)])
def test_who_may_not_draft_criteria_cannot_open_the_editor(
    world: Any, edition: CriteriaEdition, name: str, status: int
) -> None:
    criteria = RiskCriteria.objects.get()
    before = acts_in_ledger(world)
    url = world.url(f"risk-criteria/{criteria.ref}/scales/")
    for answer in (
        world.client(name).get(url),
        world.client(name).post(url, _shown(default_content()) | {"do": "store"}),
    ):
        assert answer.status_code == status
    assert acts_in_ledger(world) == before


def test_a_button_that_the_editor_does_not_have_is_refused(world: Any, edition: CriteriaEdition) -> None:
    url = world.url(f"risk-criteria/{RiskCriteria.objects.get().ref}/scales/")
    assert world.client("ana").post(url, _shown(default_content()) | {"do": "explode matrix"}).status_code == 404
    assert world.client("ana").post(url, {"do": "grow likelihood", "likelihood-count": "99"}).status_code == 200


# --- sheets ---------------------------------------------------------------------------------------------------------


def _import(world: Any, text: str) -> Any:
    file = io.BytesIO(text.encode())
    file.name = "risks.csv"
    return world.token("ana").post("/api/v1/risks/import?date_order=dmy", {"file": file})


SHEET = (
    "Risk ID;Risiko;Eintrittswahrscheinlichkeit;Auswirkung;Residual likelihood;Residual impact;Behandlungsoption;"
    "Eigentümer\n"
    "R-1;Brand im Serverraum;Häufig;5;2;Major;modifizieren;Rita\n"
    "R-2;Loss of drawings;2;Moderate;;;undecided;\n"
    "R-3;Not judged yet;;;;;;\n"
)


def test_a_sheet_brings_assessments_too_and_again_changes_nothing(world: Any, edition: CriteriaEdition) -> None:
    answer = _import(world, SHEET)
    assert answer.status_code == 200, answer.content
    assert {k: answer.json()[k] for k in ("added", "changed", "unchanged", "refused")} == {
        "added": 3,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
    }
    first = Risk.objects.get(ref="R-1")
    assert (first.level, first.target_level, first.treatment, first.assessments.count()) == (5, 3, "modify", 1)
    assert Risk.objects.get(ref="R-3").level is None
    before = acts_in_ledger(world)
    assert _import(world, SHEET).json()["unchanged"] == 3
    assert acts_in_ledger(world) == before
    changed = _import(world, SHEET.replace(";2;Moderate;", ";5;Moderate;"))
    assert changed.json()["changed"] == 1
    assert [a.likelihood for a in Risk.objects.get(ref="R-2").assessments.all()] == [5, 2]


def test_a_sheet_with_unknown_steps_is_refused_whole_with_row_and_column(world: Any, edition: CriteriaEdition) -> None:
    before = acts_in_ledger(world)
    answer = _import(world, SHEET.replace("Häufig", "dauernd").replace(";2;Moderate;", ";2;;"))
    assert answer.status_code == 422
    places = " ".join(error["field"] + error["message"] for error in answer.json()["errors"])
    assert "dauernd" in places and "belong together" in places and "row 3" in places
    assert not Risk.objects.exists()
    assert acts_in_ledger(world) == before


def test_a_worse_row_of_a_sheet_ends_an_acceptance_in_the_same_act(
    world: Any, ana: Any, rita: Any, make_risk: MakeRisk
) -> None:
    risk = make_risk()
    assess.run(ana, {"likelihood": 3, "consequence": 3}, subject=risk)
    soon = timezone.localdate() + timedelta(days=9)
    accept.run(rita, {"until": str(soon), "rationale": "x"}, subject=risk)
    before = acts_in_ledger(world)
    assert _import(world, f"ref;likelihood;consequence\n{risk.ref};5;5\n").json()["changed"] == 1
    assert acts_in_ledger(world) == before + 1
    assert Risk.objects.get(pk=risk.pk).acceptance == AcceptanceState.NONE
    assert Acceptance.objects.get().is_overtaken


def test_every_page_of_risk_shows_markup_in_names_as_text(world: Any, ana: Any, dora: Any, make_risk: MakeRisk) -> None:
    criteria = RiskCriteria.objects.get()
    content = default_content()
    for part in PARTS:
        for number, row in enumerate(content[part]):
            row["name"] = {"en": f"<b onclick=x>{number}", "de": f"<b onclick=x>{number}"}
    content["likelihood"][0]["description"]["en"] = HOSTILE
    draft.run(ana, {"content": content}, subject=criteria)
    approve.run(dora, {}, subject=RiskCriteria.objects.get())
    risk = make_risk(title=HOSTILE, likelihood=4, consequence=4)
    risk_acts.update.run(ana, {"likelihood": 5}, subject=risk)
    paths = (
        "",
        "risk-matrix/",
        "risks/",
        f"risks/{risk.ref}/",
        f"risks/{risk.ref}/?tab=assessments",
        f"risks/{risk.ref}/act/assess/",
        f"risks/{risk.ref}/?tab=history",
        f"risk-criteria/{criteria.ref}/",
        f"risk-criteria/{criteria.ref}/scales/",
    )
    for path in paths:
        page = world.client("ana").get(world.url(path)).content.decode()
        assert "<b onclick" not in page and "<script>alert(1)" not in page, path


def test_the_pages_speak_german_to_a_german_reader(world: Any, make_risk: MakeRisk) -> None:
    user = world.people["ana"].user
    type(user).objects.filter(pk=user.pk).update(language="de")
    risk = make_risk(likelihood=4, consequence=4)
    page = world.client("ana").get(world.url(f"risks/{risk.ref}/")).content.decode()
    for word in (
        "Aktuelles Risiko",
        "4 Hoch",
        "Schwerwiegend",
        "Eintrittswahrscheinlichkeit",
        "Risikoeigentümer und oberste Leitung",
    ):
        assert word in page
    assert "Angestrebtes Restrisiko" in world.client("ana").get(world.url("risk-matrix/")).content.decode()
