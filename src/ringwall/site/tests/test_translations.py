"""Every word has its German, in the files and on the registers; the German keeps a few rules of style."""

import importlib.util
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import override

from ringwall.kit import registry
from ringwall.kit.words_of_lib import DETAILS, WORDS
from ringwall.lib import sheets_types, values
from ringwall.lib.sheets import SIGNATURES

TOOL = Path(__file__).resolve().parents[4] / "bin" / "translations.py"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", TOOL)
    assert spec and spec.loader
    module = sys.modules["translations"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _tool()
FEATURES = [feature.name for feature in tool.features()]
STORED = {name: tool.PACKAGE / name / tool.PO for name in FEATURES if (tool.PACKAGE / name / tool.PO).exists()}
MESSAGES = [(name, message) for name, po in STORED.items() for message in tool.read_po(po.read_text())]

PLACEHOLDERS = re.compile(r"%\(\w+\)[a-z]|%%?s|\{\{? ?\w+ ?\}?\}|<[^>]+>")
INFORMAL = re.compile(r"\b(?:du|dich|dir|dein(?:e|er|es|em|en)?|euch|euer|eure[rsmn]?)\b", re.IGNORECASE)
TRANSLITERATED = re.compile(
    r"\b\w*(?:(?<![aeäqz])ue(?!ll)|(?<!risik)oe|ae)\w*|\b\w*(?:massnahm|schliess|ausser)\w*|\b(?:gross|Gruss|weiss)\w*",
    re.IGNORECASE,
)
"""Spellings without umlaut or ß. “aktuell”, “Quelle”, “neue”, “Dauer”, “zuerst” are none."""

SAME_IN_BOTH = {
    *("Asset", "Assets", "Information", "Name", "Normal", "Organisation", "Person", "Text", "Version"),
    *("English", "Deutsch", "OSCAL", "DocBook", "CISO Assistant", "ISO/IEC 27001", "BSI IT-Grundschutz"),
}


def _forms_by_message(message: Any) -> Iterator[tuple[str, str]]:
    """English with its German; a singular is held against the English singular."""
    english = [message.msgid] if message.plural is None else [message.msgid, message.plural]
    yield from zip(english, message.forms, strict=True)


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed (apt install gettext)")
@pytest.mark.parametrize("name", FEATURES)
def test_every_word_in_code_and_templates_has_its_german(name: str) -> None:
    feature = tool.PACKAGE / name
    assert tool.findings_of(feature, tool.extracted(feature)) == []


@pytest.mark.parametrize("name", STORED)
def test_what_is_compiled_is_what_is_written(name: str) -> None:
    messages = tool.read_po(STORED[name].read_text())
    assert [message.msgid for message in messages if not message.is_translated] == []
    assert tool.read_mo(STORED[name].with_suffix(".mo")) == dict(
        pair for message in messages for pair in message.compiled
    )


def test_a_word_has_the_same_german_in_every_feature() -> None:
    """Django keeps one catalogue for all features: a second German for the same word would never be seen."""
    found: dict[tuple[str | None, str], dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, message in MESSAGES:
        found[message.context, message.msgid][tuple(message.forms)].append(name)
    assert {key: dict(forms) for key, forms in found.items() if len(forms) > 1} == {}


def test_both_languages_hold_the_same_placeholders_and_tags() -> None:
    for name, message in MESSAGES:
        for english, german in _forms_by_message(message):
            assert sorted(PLACEHOLDERS.findall(english)) == sorted(PLACEHOLDERS.findall(german)), f"{name}: {german}"


def test_the_german_is_formal_and_spelled_with_umlauts() -> None:
    assert [text for _, text in _german() if INFORMAL.search(text)] == []
    assert [text for _, text in _german() if TRANSLITERATED.search(PLACEHOLDERS.sub("", text))] == []
    assert TRANSLITERATED.search("Massnahmen") and TRANSLITERATED.search("pruefen") and TRANSLITERATED.search("koennen")
    assert INFORMAL.search("Prüfe dein Passwort")


def test_the_german_is_set_with_german_quotation_marks_and_spaces() -> None:
    for name, text in _german():
        bare = PLACEHOLDERS.sub("%", text)
        assert bare.count("„") == bare.count("“") and not set(bare) & set("”\"'"), f"{name}: {text}"
        assert "..." not in text and not re.search(r"\w…", bare), f"{name}: {text}"
        assert "  " not in text.strip() and not re.search(r" [,;:.!?](?!\w)", text), f"{name}: {text}"


def _german() -> list[tuple[str, str]]:
    return [(name, form) for name, message in MESSAGES for form in message.forms]


def test_the_texts_of_the_pure_floors_are_all_listed_for_translation() -> None:
    wanted = {text for pair in sheets_types.ERRORS.values() for text in pair}
    assert wanted | {*sheets_types.FINDINGS.values(), *values.ERRORS.values()} == WORDS
    sources = "".join(path.read_text() for path in (tool.PACKAGE / "lib").glob("sheets*.py"))
    details = set(re.findall(r'(?:detail=|found=|found or )"([^"]+)"', sources))
    assert details | {words for _, words in SIGNATURES} == DETAILS


def _untranslated(text: Any) -> str:
    """The English, where it shows in German too; "" where all is well."""
    with override("en"):
        english = str(text)
    with override("de"):
        german = str(text)
    if german != english or english in SAME_IN_BOTH or not re.search(r"[A-Za-z]", english):
        return ""
    # A noun that is the same in both must still be marked: it is a word, not a program's name for it.
    return "" if isinstance(text, Promise) and english.capitalize() in SAME_IN_BOTH else english


def _words_of_model(model: type[Any]) -> Iterator[Any]:
    for field in model._meta.get_fields():
        if getattr(field, "editable", False) and isinstance(field.verbose_name, Promise):
            yield field.verbose_name
        yield getattr(field, "help_text", "")
        yield from (label for value, label in getattr(field, "choices", None) or () if value != "")


def test_models_speak_german() -> None:
    found = []
    for model in apps.get_models():
        if model.__module__.startswith("ringwall."):
            found += [
                f"{model.__name__}: {english}" for text in _words_of_model(model) if (english := _untranslated(text))
            ]
    assert found == []


@pytest.mark.parametrize("kind", sorted(registry.registers))
def test_a_register_speaks_german_from_its_title_to_its_actions(kind: str) -> None:
    register = registry.registers[kind]
    meta = register.model._meta
    words = [meta.verbose_name, meta.verbose_name_plural, register.about]
    words += [spec.label for spec in register.specs.values()] + [title for title, _ in register.sections]
    words += [field.label for field in register.inputs.fields.values()]
    for act in registry.actions.values():
        if act.name.startswith(f"{kind}."):
            words += [act.label, act.help_text, *(field.label for field in act.inputs.fields.values())]
            words += [field.help_text for field in act.inputs.fields.values()]
    assert [english for word in words if (english := _untranslated(word))] == []
    with override("de"):
        for noun in (str(meta.verbose_name), str(meta.verbose_name_plural)):
            # An adjective may come first, but a German noun is in it and has its capital.
            assert any(word[0].isupper() for word in noun.split()), noun
