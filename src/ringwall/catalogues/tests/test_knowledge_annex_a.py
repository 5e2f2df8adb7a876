"""The texts on Annex A and the clauses of ISO/IEC 27001:2022 are complete, bilingual, our own, never said twice."""

from __future__ import annotations

import csv
import math
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

# The C loader is ten times as quick where the wheel brings it.
SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
SHARED = Path(os.environ.get("RINGWALL_SHARED", Path(__file__).parents[5] / "shared"))
LANGUAGES = ("en", "de")
SIZES = ("small", "medium", "large")
CONTROL_KEYS = {"id", "purpose", "actions", "usually_done_by", "auditor_asks", "evidence", "related"}
CLAUSE_KEYS = {"id", "asked", "documented_information", "failures"}
CONTROLS_PER_THEME = {"Organizational": 37, "People": 8, "Physical": 14, "Technological": 34}
LENGTHS = {  # characters, shortest and longest that a reader takes in at a glance
    "purpose": (80, 320),
    "actions": (30, 240),
    "usually_done_by": (5, 90),
    "auditor_asks": (25, 150),
    "evidence": (4, 60),
    "asked": (100, 340),
    "documented_information": (50, 150),
    "failures": (30, 130),
}
NEARLY_SHARED = 0.7
FEWEST_WORDS_COMPARED = 5
WORDS_IN_A_ROW = 6
# The letter pairs stand for themselves after a, e or q, before ll, and where parts of a word join.
TRANSLITERATION = re.compile(r"ae|oe(?!i)|(?<![aeqä])ue(?!ll|rst)", re.IGNORECASE)
SWISS_SPELLING = re.compile(r"massnahm|schliess|mässig|gemäss|gröss|gross|ausser|strasse", re.IGNORECASE)


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (KNOWLEDGE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def controls() -> list[dict[str, Any]]:
    files = sorted((KNOWLEDGE / "annex_a").glob("*.yaml"))
    return [record for file in files for record in yaml.load(file.read_text(encoding="utf-8"), SafeLoader)]


@cache
def clauses() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.load((KNOWLEDGE / "clauses.yaml").read_text(encoding="utf-8"), SafeLoader)
    return loaded


def flat(value: Any) -> Iterator[str]:
    """The single texts in a text, a list of texts or lists by size."""
    if isinstance(value, str):
        yield value
    else:
        for part in value.values() if isinstance(value, dict) else value:
            yield from flat(part)


@cache
def texts(language: str) -> list[tuple[str, str, str]]:
    """Record id, field and text, for every text of one language."""
    return [
        (record["id"], field, text)
        for record in controls() + clauses()
        for field, value in record.items()
        if field in LENGTHS
        for text in flat(value[language])
    ]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.?!])\s+", text.strip()) if sentence]


@cache
def own_sentences(language: str) -> list[tuple[str, str]]:
    return [(where, sentence) for where, _, text in texts(language) for sentence in sentences(text)]


def sentences_elsewhere(language: str) -> Iterator[tuple[str, str]]:
    """Sentences of the knowledge files that other tests look after, labelled by file name."""

    def walk(node: Any, where: str) -> Iterator[tuple[str, str]]:
        if isinstance(node, dict) and set(LANGUAGES) <= set(node):
            yield from ((where, sentence) for text in flat(node[language]) for sentence in sentences(text))
        elif isinstance(node, dict | list):
            for part in node.values() if isinstance(node, dict) else node:
                yield from walk(part, where)

    for file in sorted(KNOWLEDGE.glob("*.yaml")):
        if file.name != "clauses.yaml":
            yield from walk(yaml.load(file.read_text(encoding="utf-8"), SafeLoader), file.name)


def nearly_shared(labelled: Iterable[tuple[str, str]], share: float = NEARLY_SHARED) -> list[tuple[str, str, str, str]]:
    """Pairs of sentences whose sets of words overlap by `share` of their union (Jaccard).

    Two such sets must have one of their rarest words in common, so only sentences that meet there are compared.
    """
    bags = [(label, text, frozenset(words(text))) for label, text in labelled]
    bags = [bag for bag in bags if len(bag[2]) >= FEWEST_WORDS_COMPARED]
    frequency = Counter(word for *_, bag in bags for word in bag)
    meeting: dict[str, list[int]] = defaultdict(list)
    found = []
    for position, (label, text, bag) in enumerate(bags):
        rarest = sorted(bag, key=lambda word: (frequency[word], word))[: len(bag) - math.ceil(share * len(bag)) + 1]
        for earlier in {index for word in rarest for index in meeting[word]}:
            other_label, other_text, other = bags[earlier]
            if len(bag & other) >= share * len(bag | other):
                found.append((other_label, other_text, label, text))
        for word in rarest:
            meeting[word].append(position)
    return found


def runs(text: str, length: int = WORDS_IN_A_ROW) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[start : start + length]) for start in range(len(found) - length + 1)}


def shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"reference data not present: {'/'.join(parts)}")
    return path


def test_the_facts_list_93_controls_in_four_themes_and_30_assessable_clauses() -> None:
    annex = rows("iso27001_annex_a.csv")
    assert len({row["id"] for row in annex}) == len(annex) == 93
    assert Counter(row["theme"] for row in annex) == CONTROLS_PER_THEME
    assert all(row[column].strip() for row in annex for column in row)
    clause = rows("iso27001_clauses.csv")
    known = {row["id"] for row in clause}
    assert len(known) == len(clause) == 41
    assert all(row["parent"] in known for row in clause if row["parent"])
    assert {row["assessable"] for row in clause} == {"yes", "no"}
    assert sum(row["assessable"] == "yes" for row in clause) == 30


@pytest.mark.parametrize("source", ["iso27001_2022_annex_a.csv", "iso27001_2022_clauses.csv"])
def test_identifiers_and_titles_agree_with_the_reference_list(source: str) -> None:
    def squeezed(text: str) -> str:  # the reference list lost hyphens at line breaks
        return re.sub(r"[-\s]", "", text)

    def facts(table: Iterable[dict[str, str]]) -> list[tuple[str, ...]]:
        return [(row["id"], squeezed(row["title"]), squeezed(row["title_de"])) for row in table]

    with shared("data", "iso", source).open(encoding="utf-8-sig", newline="") as file:
        assert facts(rows(source.replace("_2022", ""))) == facts(csv.DictReader(file))


def test_every_control_and_every_assessable_clause_has_its_entry_once_and_in_order() -> None:
    assert [control["id"] for control in controls()] == [row["id"] for row in rows("iso27001_annex_a.csv")]
    assessable = [row["id"] for row in rows("iso27001_clauses.csv") if row["assessable"] == "yes"]
    assert [clause["id"] for clause in clauses()] == assessable


def test_every_entry_has_exactly_the_agreed_fields_in_both_languages() -> None:
    for keys, records in ((CONTROL_KEYS, controls()), (CLAUSE_KEYS, clauses())):
        for record in records:
            assert set(record) == keys, record["id"]
            for field in keys & set(LENGTHS):
                assert set(record[field]) == set(LANGUAGES), (record["id"], field)


def test_both_languages_give_the_same_number_of_points() -> None:
    for record in controls() + clauses():
        for field in set(record) & set(LENGTHS):
            counts = {language: len(list(flat(record[field][language]))) for language in LANGUAGES}
            assert counts["en"] == counts["de"] > 0, (record["id"], field, counts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_actions_are_two_to_five_points_with_one_for_each_size(language: str) -> None:
    for control in controls():
        actions = control["actions"][language]
        assert tuple(actions) == SIZES, control["id"]
        assert all(actions[size] for size in SIZES), control["id"]
        assert 2 <= sum(len(actions[size]) for size in SIZES) <= 5, control["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_evidence_and_failures_are_few(language: str) -> None:
    for control in controls():
        assert 2 <= len(control["auditor_asks"][language]) <= 3, control["id"]
        assert 2 <= len(set(control["evidence"][language])) == len(control["evidence"][language]) <= 5, control["id"]
    for clause in clauses():
        assert 2 <= len(clause["failures"][language]) <= 3, clause["id"]


def test_related_controls_exist_and_are_others() -> None:
    known = {row["id"] for row in rows("iso27001_annex_a.csv")}
    for control in controls():
        related = control["related"]
        assert 2 <= len(set(related)) == len(related), control["id"]
        assert set(related) <= known - {control["id"]}, control["id"]


def test_every_control_is_reached_from_another_one() -> None:
    reached = {other for control in controls() for other in control["related"]}
    assert {control["id"] for control in controls()} - reached == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_have_sensible_lengths_and_endings(language: str) -> None:
    for where, field, text in texts(language):
        shortest, longest = LENGTHS[field]
        assert shortest <= len(text) <= longest, (where, field, len(text), text)
        assert text == " ".join(text.split()), (where, field)
        if field in ("evidence", "usually_done_by"):
            assert text[-1] not in ".?!", (where, text)
        else:
            assert text[-1] in ".?", (where, text)
            assert text[0].isupper() or text[0] in "‘„", (where, text)
    for where, field, text in texts(language):
        if field in ("purpose", "asked"):
            assert 1 <= len(sentences(text)) <= 3, (where, text)


def test_the_comparison_finds_a_planted_copy() -> None:
    original = "Whoever reads this sentence twice has found a copy that somebody planted here."
    altered = "Whoever reads that sentence twice has found a copy that somebody planted there."
    unlike = "Nobody reads an unrelated remark and takes it for one of the others."
    assert nearly_shared([("a", original), ("b", altered), ("c", unlike)]) == [("a", original, "b", altered)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_texts_share_or_nearly_share_a_sentence(language: str) -> None:
    own = own_sentences(language)
    assert len(own) > 1000
    exact = Counter(" ".join(words(sentence)) for _, sentence in own if len(words(sentence)) >= 4)
    assert [sentence for sentence, count in exact.items() if count > 1 and len(sentence.split()) > 4] == []
    assert nearly_shared(own) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_returns_in_another_part_of_the_knowledge(language: str) -> None:
    others = list(sentences_elsewhere(language))
    found = nearly_shared(own_sentences(language) + others)
    elsewhere = {where for where, _ in others}
    assert [pair for pair in found if (pair[0] in elsewhere) != (pair[2] in elsewhere)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_texts_share_a_long_run_of_words(language: str) -> None:
    seen: dict[tuple[str, ...], str] = {}
    repeated = []
    for where, sentence in own_sentences(language):
        for run in runs(sentence):
            if seen.setdefault(run, sentence) != sentence:
                repeated.append((where, " ".join(run)))
    assert repeated == []


def test_no_sentence_and_no_run_of_words_comes_from_the_source_texts() -> None:
    seeds = sorted(shared("reference", "seeds").iterdir())
    stream = words(" ".join(seed.read_text(encoding="utf-8") for seed in seeds))
    theirs = {tuple(stream[start : start + WORDS_IN_A_ROW]) for start in range(len(stream) - WORDS_IN_A_ROW + 1)}
    assert len(theirs) > 10_000
    taken = [(where, sentence) for where, sentence in own_sentences("en") if runs(sentence) & theirs]
    assert taken == []


def test_german_is_written_with_umlauts_and_sharp_s() -> None:
    assert TRANSLITERATION.search("fuer") and TRANSLITERATION.search("Pruefung") and SWISS_SPELLING.search("Massnahme")
    assert not TRANSLITERATION.search("neue aktuelle Quelle, Feuer, steuern, individuell, Risikoeintrag, zuerst")
    for where, _, text in texts("de"):
        odd = [word for word in re.findall(r"\w+", text) if TRANSLITERATION.search(word) or SWISS_SPELLING.search(word)]
        assert odd == [], (where, text)


def test_german_addresses_the_reader_formally() -> None:
    familiar = re.compile(r"\b(du|dir|dich|deine?[mnrs]?|euch|eure?[mnrs]?)\b", re.IGNORECASE)
    assert [(where, text) for where, _, text in texts("de") if familiar.search(text)] == []


def test_the_two_languages_are_not_mixed_up() -> None:
    english, german = re.compile(r"\b(the|and|with|which|who)\b"), re.compile(r"\b(der|das|und|mit|wer|wird)\b")
    for where, _, text in texts("en"):
        assert not german.search(text), (where, text)
    for where, _, text in texts("de"):
        assert not english.search(text), (where, text)


def test_english_is_british_and_uses_the_words_of_the_glossary() -> None:
    unwanted = re.compile(r"\b(organi[z]\w+|stakeholders?|third part(y|ies)|authoriz\w+|waivers? for)\b", re.IGNORECASE)
    assert [(where, text) for where, _, text in texts("en") if unwanted.search(text)] == []


def test_files_stay_small_enough_to_edit() -> None:
    for file in [*(KNOWLEDGE / "annex_a").glob("*.yaml"), KNOWLEDGE / "clauses.yaml"]:
        assert len(file.read_text(encoding="utf-8").splitlines()) < 800, file.name
