"""Every rule of what is not in order says the same on the home page, on the command line and in both languages."""

from typing import Any

from django.utils.translation import override

from ringwall.kit import registry
from ringwall.kit.debts import ORDER, debts_of, rules


def test_every_rule_is_told_in_both_languages_and_has_a_severity() -> None:
    assert len(rules) >= 25
    for key, rule in rules.items():
        assert key == rule.key and key.count(".") == 1 and rule.severity in ORDER
        with override("en"):
            english = str(rule.label), str(rule.sentence)
        with override("de"):
            german = str(rule.label), str(rule.sentence)
        assert all(english) and all(german), key
        assert german[0] != english[0] and german[1] != english[1], f"{key} has no German"
        assert english[1].endswith("."), f"{key}: a sentence"


def test_nobody_owes_anything_in_an_empty_organisation(world: Any) -> None:
    for name in world.people:
        assert debts_of(world.actor(name)) == [], name


def test_debts_stand_on_the_home_page_the_worst_first_and_lead_to_their_rows(world: Any) -> None:
    ana = world.actor("ana")
    make = registry.actions["control.create"].run
    make(ana, {"title": "Nobody's", "state": "planned"})
    make(ana, {"title": "Late", "due_on": "2020-01-01", "owner": "carl@demo.example"})
    found = debts_of(ana)
    assert [one.rule.key for one in found] == ["control.overdue", "control.without_owner"]
    assert [one.rule.severity for one in found] == ["bad", "warn"]
    client = world.client("ana")
    page = client.get(world.url()).content.decode()
    for one in found:
        assert str(one.rule.label) in page and one.link.url.replace("&", "&amp;") in page
        assert client.get(one.link.url).context["page"].pager.count == one.link.count == 1
    assert debts_of(world.actor("ben")) == [], "who does not see the records does not hear of them"
