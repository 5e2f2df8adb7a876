"""The shipped knowledge is complete, bilingual, consistent in its references and worded by ourselves."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
SHARED = Path(os.environ.get("RINGWALL_SHARED", Path(__file__).parents[5] / "shared"))
FILES = (
    "iso27003_steps",
    "isms1",
    "elementary_threats",
    "roles",
    "damage_scenarios",
    "standards_family",
    "cycle",
    "glossary",
)
LANGUAGES = ("en", "de")
MODAL_VERBS = {
    ("MUST", "en"): r"\bMUST\b(?! NOT)",
    ("MUST_NOT", "en"): r"\bMUST NOT\b",
    ("SHOULD", "en"): r"\bSHOULD\b(?! NOT)",
    ("SHOULD_NOT", "en"): r"\bSHOULD NOT\b",
    ("MAY", "en"): r"\bMAY\b",
    ("MUST", "de"): r"\b(MUSS|MÜSSEN|DARF NUR|DÜRFEN NUR)\b",
    ("MUST_NOT", "de"): r"\b(DARF|DÜRFEN)\b.*\b(NICHT|KEINE?N?)\b",
    ("SHOULD", "de"): r"\b(SOLLTE|SOLLTEN)\b(?!.*\bNICHT\b)",
    ("SHOULD_NOT", "de"): r"\b(SOLLTE|SOLLTEN)\b.*\bNICHT\b",
    ("MAY", "de"): r"\b(KANN|KÖNNEN)\b",
}
# Facts of the Kompendium 2023: statements per requirement, and how many of them are SHOULD.
ISMS1_STATEMENTS = {
    "A1": (8, 0),
    "A2": (5, 0),
    "A3": (6, 1),
    "A4": (5, 0),
    "A5": (4, 0),
    "A6": (8, 0),
    "A7": (3, 2),
    "A8": (7, 1),
    "A9": (4, 1),
    "A10": (7, 2),
    "A11": (8, 8),
    "A12": (7, 7),
    "A13": (6, 6),
    "A15": (4, 4),
    "A16": (1, 1),
    "A17": (2, 2),
}
SAME_WORDS_IN_A_ROW = 8
NEARLY_SHARED = 0.5


@cache
def load(name: str) -> Any:
    return yaml.safe_load((KNOWLEDGE / f"{name}.yaml").read_text(encoding="utf-8"))


def bilingual(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping that holds a text in both languages, with the path to it."""
    if isinstance(node, dict):
        if set(LANGUAGES) & set(node):
            yield path, node
        for key, value in node.items():
            yield from bilingual(value, f"{path}.{key}")
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from bilingual(value, f"{path}[{position}]")


def texts(language: str) -> Iterator[tuple[str, str]]:
    for name in FILES:
        for path, node in bilingual(load(name), name):
            value = node[language]
            for text in value if isinstance(value, list) else [value]:
                yield path, text


def words(text: str) -> list[str]:
    return re.findall(r"[\w/-]+", text.lower())


def sentences(language: str) -> list[tuple[str, str]]:
    """Full sentences; titles and lists of inputs or deliverables carry no full stop and are facts."""
    return [
        (path, sentence)
        for path, text in texts(language)
        if text.endswith((".", "?", "!"))
        for sentence in re.split(r"(?<=[.?!])\s+", text)
    ]


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + SAME_WORDS_IN_A_ROW]) for i in range(len(found) - SAME_WORDS_IN_A_ROW + 1)}


def shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"reference data not present: {'/'.join(parts)}")
    return path


@pytest.mark.parametrize("name", FILES)
def test_every_text_exists_in_both_languages(name: str) -> None:
    pairs = list(bilingual(load(name), name))
    assert pairs
    for path, node in pairs:
        english, german = node["en"], node["de"]
        assert english and german, path
        if isinstance(english, list):
            assert len(english) == len(german), path
            assert all(isinstance(text, str) and text.strip() for text in english + german), path
        else:
            assert isinstance(english, str) and isinstance(german, str), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_texts_share_a_sentence(language: str) -> None:
    counted = Counter(" ".join(words(sentence)) for _, sentence in sentences(language))
    assert [sentence for sentence, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_texts_nearly_share_a_sentence(language: str) -> None:
    bags = [(path, sentence, frozenset(words(sentence))) for path, sentence in sentences(language)]
    bags = [entry for entry in bags if len(entry[2]) >= 6]
    assert len(bags) > 500
    close = [
        (one[0], other[0], one[1], other[1])
        for one, other in combinations(bags, 2)
        if len(one[2] & other[2]) >= NEARLY_SHARED * len(one[2] | other[2])
    ]
    assert close == []


def test_no_text_takes_a_run_of_words_from_the_source_texts() -> None:
    folder = shared("reference", "seeds")
    ours = {run: path for path, text in texts("en") if not path.endswith(".title") for run in runs(text)}
    assert ours
    for seed in sorted(folder.iterdir()):
        taken = {" ".join(run): ours[run] for run in runs(seed.read_text(encoding="utf-8")) if run in ours}
        assert taken == {}, seed.name


def test_no_german_text_takes_a_run_of_words_from_the_kompendium() -> None:
    source = re.sub(r"<[^>]+>", " ", shared("data", "bsi", "XML_Kompendium_2023.xml").read_text(encoding="utf-8"))
    ours = {run: path for path, text in texts("de") if not path.endswith(".title") for run in runs(text)}
    found = words(source)
    taken = {" ".join(run): ours[run] for run in zip(*(found[i:] for i in range(8)), strict=False) if run in ours}
    assert taken == {}


def test_the_project_has_28_steps_in_five_phases_and_stops_for_six_decisions() -> None:
    guide = load("iso27003_steps")
    steps = guide["steps"]
    assert [step["step"] for step in steps] == list(range(1, 29))
    assert [phase["clause"] for phase in guide["phases"]] == ["5", "6", "7", "8", "9"]
    assert {step["phase"] for step in steps} == {"5", "6", "7", "8", "9"}
    assert all(step["clause"].split(".")[0] == step["phase"] for step in steps)
    assert [step["step"] for step in steps if step["decision_point"]] == [7, 12, 18, 19, 20, 27]
    for step in steps:
        assert all(earlier < step["step"] for earlier in step["prerequisites"] + step["schedule_after"])
        assert 2 <= len(step["how"]["en"]) <= 6
        assert step["deliverables"]["en"] and step["clause_2022"]
        assert all(text.endswith(".") for language in LANGUAGES for text in step["how"][language])


def test_the_steps_follow_the_table_of_the_standard() -> None:
    with shared("data", "iso", "iso27003_steps.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for step, row in zip(load("iso27003_steps")["steps"], rows, strict=True):
        assert (str(step["step"]), step["clause"]) == (row["step"], row["clause"])
        for field, column in (("prerequisites", "prerequisite_steps"), ("schedule_after", "schedule_after")):
            assert step[field] == [int(number) for number in row[column].split(";") if number], row["step"]


def test_isms1_has_16_live_requirements_and_names_the_withdrawn_one() -> None:
    module = load("isms1")
    requirements = {entry["identifier"]: entry for entry in module["requirements"]}
    assert set(requirements) == {f"ISMS.1.{number}" for number in ISMS1_STATEMENTS}
    assert [entry["identifier"] for entry in module["withdrawn"]] == ["ISMS.1.A14"]
    assert Counter(entry["level"] for entry in requirements.values()) == {"basic": 9, "standard": 5, "elevated": 2}
    assert [threat["id"] for threat in module["threats"]] == [f"ISMS.1.G{number}" for number in range(1, 10)]
    known_roles = set(module["module"]["roles"])
    for entry in requirements.values():
        assert set(entry["roles"]) <= known_roles
        assert entry["iso27001"]
        total, should = ISMS1_STATEMENTS[entry["identifier"].removeprefix("ISMS.1.")]
        verbs = [statement["verb"] for statement in entry["statements"]]
        assert (len(verbs), verbs.count("SHOULD")) == (total, should), entry["identifier"]


def test_every_statement_carries_the_modal_verb_it_claims_and_no_other() -> None:
    for entry in load("isms1")["requirements"]:
        for statement in entry["statements"]:
            for language in LANGUAGES:
                carried = [
                    verb
                    for (verb, spoken), pattern in MODAL_VERBS.items()
                    if spoken == language and re.search(pattern, statement[language])
                ]
                assert carried == [statement["verb"]], statement[language]


def test_references_of_isms1_and_the_steps_name_real_clauses_and_reference_controls() -> None:
    known: set[str] = set()
    for name in ("iso27001_2022_clauses.csv", "iso27001_2022_annex_a.csv"):
        with shared("data", "iso", name).open(encoding="utf-8", newline="") as handle:
            known |= {row["id"] for row in csv.DictReader(handle)}
    named = [ref for entry in load("isms1")["requirements"] for ref in entry["iso27001"]]
    named += [ref for step in load("iso27003_steps")["steps"] for ref in step["clause_2022"]]
    named += [ref for phase in load("cycle")["phases"] for ref in phase["clauses"]]
    assert {ref for ref in named if ref.split(" ")[0] not in known} == set()


def test_47_elementary_threats_each_touch_a_core_value_and_take_two_sentences() -> None:
    threats = load("elementary_threats")["threats"]
    assert [threat["id"] for threat in threats] == [f"G 0.{number}" for number in range(1, 48)]
    for threat in [*threats, *load("isms1")["threats"]]:
        assert set(threat.get("core_values", ["C"])) <= {"C", "I", "A"} and threat.get("core_values", ["C"])
        for language in LANGUAGES:
            assert len(re.split(r"(?<=[.?!])\s+", threat["text"][language])) == 2, threat["id"]


def test_elementary_threats_agree_with_the_published_table() -> None:
    with shared("data", "bsi", "bsi_elementary_threats.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for threat, row in zip(load("elementary_threats")["threats"], rows, strict=True):
        assert threat["id"] == row["id"]
        assert threat["title"] == {"de": row["title_de_kompendium2023"], "en": row["title_en"]}
        assert set(threat["core_values"]) == set(row["cia_bsi_standard_200_3"]), row["id"]


def test_roles_have_tasks_competences_authority_and_conflicts_that_resolve() -> None:
    roles = load("roles")["roles"]
    keys = [role["key"] for role in roles]
    assert len(keys) == len(set(keys))
    # 22 rows of table B.1 and the information asset owner of section 4
    assert sum(role["annex_b"] for role in roles) == 23
    pairs = [frozenset((role["key"], conflict["role"])) for role in roles for conflict in role["conflicts_with"]]
    assert all(len(pair) == 2 and pair <= set(keys) for pair in pairs)
    assert len(pairs) == len(set(pairs)), "a conflict is stated once, at one of the two roles"
    assert frozenset(("internal_auditor", "information_security_officer")) in pairs
    for role in roles:
        assert role["tasks"]["en"] and role["competences"]["en"]
        assert role["authority"]["en"].endswith(".") and role["authority"]["de"].endswith(".")


def test_six_damage_scenarios_ask_and_bound_all_three_needs() -> None:
    scenarios = load("damage_scenarios")["scenarios"]
    assert len({scenario["key"] for scenario in scenarios}) == 6
    for scenario in scenarios:
        assert list(scenario["bounds"]) == ["normal", "high", "very_high"]
        for language in LANGUAGES:
            assert all(question.endswith("?") for question in scenario["questions"][language])
            assert all(bound[language].endswith(".") for bound in scenario["bounds"].values())


def test_the_standards_family_is_ordered_and_its_reading_order_resolves() -> None:
    family = load("standards_family")
    numbers = [standard["number"] for standard in family["standards"]]
    assert len(numbers) == len(set(numbers))
    assert set(family["reading_order"]) <= set(numbers)
    assert {standard["kind"] for standard in family["standards"]} <= {
        "vocabulary",
        "requirements",
        "guidance",
        "sector",
        "withdrawn",
    }


def test_both_cycles_consist_of_the_phases_described() -> None:
    cycle = load("cycle")
    for wheel in cycle["cycles"]:
        assert wheel["order"] == [phase["key"] for phase in cycle["phases"] if wheel["key"] in phase["cycle"]]
        assert wheel["key"] == "".join(key[0].upper() for key in wheel["order"])


def test_glossary_keys_are_unique_and_links_resolve() -> None:
    terms = load("glossary")["terms"]
    keys = [term["key"] for term in terms]
    assert len(keys) == len(set(keys))
    for term in terms:
        assert term["see"] and set(term["see"]) <= set(keys) - {term["key"]}, term["key"]
        for language in LANGUAGES:
            assert len(re.split(r"(?<=[.?!])\s+", term["explanation"][language])) <= 2, term["key"]


def test_the_glossary_explains_every_agreed_word() -> None:
    known = {re.sub(r"\W|_", "", term["key"]) for term in load("glossary")["terms"]}
    known |= {re.sub(r"\W", "", term["term"]["en"].lower()) for term in load("glossary")["terms"]}
    agreed: set[str] = set()
    for line in shared("GLOSSARY.md").read_text(encoding="utf-8").splitlines():
        cells = line.split("|")
        if len(cells) < 5 or cells[1].strip() in ("use", "---"):
            continue
        plain = re.sub(r"\([^)]*\)", "", cells[1])
        agreed |= {re.sub(r"\W|_", "", part).lower() for part in re.split(r"[,;:/]", plain)}
    # "Inherent (optional), current, target, residual risk" is one phrase for four risks
    four_risks = {"inherent": "inherentrisk", "current": "currentrisk"}
    assert {four_risks.get(word, word) for word in agreed if word} - known == set()


def test_german_is_spelt_with_umlauts() -> None:
    spelt_out = re.compile(
        r"\b(fuer|ueber\w*|koenn\w*|muess\w*|moegl\w*|waehr\w*|pruef\w*|massnahm\w*)\b", re.IGNORECASE
    )
    assert [(path, text) for path, text in texts("de") if spelt_out.search(text)] == []
