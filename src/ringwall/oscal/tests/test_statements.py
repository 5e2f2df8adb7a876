"""Statements: one for each modal verb, numbered as the mapping of others numbers them."""

from __future__ import annotations

import pytest

from ringwall.oscal.content import ModalVerb
from ringwall.oscal.statements import language_of, sentences, split_statements

MUST, MUST_NOT, SHOULD, SHOULD_NOT, MAY = ModalVerb


@pytest.mark.parametrize(
    ("sentence", "verb"),
    [
        ("Es MUSS geregelt werden.", MUST),
        ("Alle MÜSSEN es wissen.", MUST),
        ("Es DARF NICHT offen sein.", MUST_NOT),
        ("Server DÜRFEN unter keinen Umständen NICHT gesichert sein.", MUST_NOT),
        ("Der Raum DARF KEIN Durchgang sein.", MUST_NOT),
        ("Dadurch DARF dies KEINE Folge haben.", MUST_NOT),
        ("Dann DARF dafür kein Konto genutzt werden.", MUST_NOT),
        ("Geräte DÜRFTEN NICHT angeschlossen werden.", MUST_NOT),
        ("Rollen DÜRFEN NUR getrennt eingerichtet werden.", MUST),
        ("Es DÜRFEN nur bekannte Geräte beschafft werden.", MUST),
        ("NUR Befugte DÜRFEN eintreten.", MUST),
        ("Weitere DÜRFEN erst danach eintreten.", MUST),
        ("Gäste DÜRFEN eintreten.", MAY),
        ("Es SOLLTE geprüft werden.", SHOULD),
        ("Sie SOLLTEN NICHT genutzt werden.", SHOULD_NOT),
        ("Sie SOLLTEN dort KEINE Dateien ändern.", SHOULD_NOT),
        ("Sie SOLLTEN NUR mit Grund dazu auffordern.", SHOULD),
        ("Sie SOLLTEN so gebaut sein, dass nicht jeder sie öffnet.", SHOULD),
        ("Das KANN entfallen.", MAY),
        ("Das MUSS NICHT so sein.", MAY),
    ],
)
def test_german_modal_verbs_are_told_with_their_negations(sentence: str, verb: ModalVerb) -> None:
    assert [statement.verb for statement in split_statements(sentence, "X", "de")] == [verb]


@pytest.mark.parametrize(
    ("sentence", "verb"),
    [
        ("The owner MUST decide.", MUST),
        ("It SHALL NOT be shared.", MUST_NOT),
        ("It SHOULD be tested.", SHOULD),
        ("It SHOULD NOT be tested.", SHOULD_NOT),
        ("Guests MAY enter.", MAY),
        ("Guests MAY ONLY enter with a host.", MUST),
        ("Guests MAY NOT enter.", MUST_NOT),
        ("The organization shall determine issues.", MUST),
        ("It should not be used.", SHOULD_NOT),
    ],
)
def test_english_modal_verbs_are_told_and_small_ones_where_there_are_no_capitals(
    sentence: str, verb: ModalVerb
) -> None:
    assert [statement.verb for statement in split_statements(sentence, "X", "en")] == [verb]


def test_small_verbs_beside_capitals_count_for_nothing() -> None:
    text = "Es MUSS geregelt sein, wer es ändern darf. Das muss nicht schriftlich sein."
    assert [statement.number for statement in split_statements(text, "X")] == ["UA.1"]


def test_sentences_without_verb_are_not_numbered_and_two_verbs_make_two_statements() -> None:
    text = "Einleitung. Dies MUSS geplant und die Umsetzung MUSS geprüft werden. Ende. Es SOLLTE so sein."
    found = split_statements(text, "APP.1.A1")
    assert [(statement.identifier, statement.verb) for statement in found] == [
        ("APP.1.A1-UA.1", MUST),
        ("APP.1.A1-UA.2", MUST),
        ("APP.1.A1-UA.3", SHOULD),
    ]


def test_each_verb_of_a_sentence_has_its_own_negation() -> None:
    found = split_statements("Es DARF NICHT offen sein und MUSS geprüft werden.", "X")
    assert [statement.verb for statement in found] == [MUST_NOT, MUST]


def test_a_list_stays_with_the_sentence_that_opens_it_and_what_goes_on_after_it() -> None:
    text = "Zuerst. Hierbei SOLLTEN Aspekte wie\n\n- Brand,\n- Wasser\n\nbeachtet werden. Es MUSS so sein."
    found = split_statements(text, "X")
    assert found[0].text == "Hierbei SOLLTEN Aspekte wie\n- Brand,\n- Wasser\nbeachtet werden. Es MUSS so sein."
    assert [statement.verb for statement in found] == [SHOULD, MUST]


def test_an_entry_with_a_verb_of_its_own_is_a_statement_of_its_own() -> None:
    text = "Folgendes MUSS gelten:\n\n- Es MUSS heiß sein.\n- Wasser"
    assert [statement.text for statement in split_statements(text, "X")] == [
        "Folgendes MUSS gelten:",
        "- Es MUSS heiß sein.\n- Wasser",
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Geräte (z. B. Router) SOLLTEN stehen.", 1),
        ("Nach Abs. 3 Satz 2 SOLLTE es sein. Danach nicht.", 2),
        ("Es gilt u. a. Folgendes bzw. Ähnliches.", 1),
        ("Ein Satz. z/OS ist der nächste! Noch einer? Ja.", 4),
        ("Version 3.1 wird genutzt.", 1),
    ],
)
def test_abbreviations_end_no_sentence(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Zutritt wird geregelt und ist mit der Leitung", "de"),
        ("The access is to be granted by the owner", "en"),
        ("", ""),
    ],
)
def test_the_language_is_told_by_common_words(text: str, language: str) -> None:
    assert language_of(text) == language
