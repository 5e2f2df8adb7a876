"""Split the text of a requirement into statements, each with its modal verb.

The modal verbs are those of IT-Grundschutz and RFC 2119, in capitals. A sentence without one is no statement; a
sentence with two verbs makes two statements (ISMS.1.A10 numbers its last sentence UA.6 and UA.7). What a list
enumerates belongs to the sentence that opens it. Where a text has no verb in capitals at all, small ones count
(management system standards write "shall").
"""

from __future__ import annotations

import re

from ringwall.oscal.content import ModalVerb, StatementRow

_GERMAN = r"MUSS|MÜSSEN|MÜSSTEN?|DARF|DÜRFEN|DÜRFTEN?|SOLLTEN?|KANN|KÖNNEN"
_ENGLISH = r"MUST|SHALL|SHOULD|MAY|CAN"
_VERBS = {"de": re.compile(rf"\b(?:{_GERMAN})\b"), "en": re.compile(rf"\b(?:{_ENGLISH})\b")}
_SMALL_VERBS = {
    "de": re.compile(r"\b(?:muss|müssen|darf|dürfen|sollten?|kann|können)\b"),
    "en": re.compile(r"\b(?:must|shall|should|may)\b"),
}
_NOT = {"de": re.compile(r"\b(?:NICHT|KEIN(?:E[NMRS]?)?)\b"), "en": re.compile(r"\bNOT\b")}
_ONLY = {"de": re.compile(r"\b(?:NUR|ERST|AUSSCHLIESSLICH|AUSSCHLIEßLICH)\b"), "en": re.compile(r"\bONLY\b")}

# Full stops that end no sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:z|d|u|o|s|i|e|v|a|n|bzw|ggf|inkl|etc|usw|ca|vgl|evtl|sog|Nr|Abs|Art|Kap|gem|max|min|engl|bspw|lt|"
    r"[A-Za-zÄÖÜäöü]\.\s?[A-Za-zÄÖÜäöü]|e\.g|i\.e|cf|No|vs|Sec|incl|approx))\.$"
)
_LISTED = re.compile(r"[-*+]\s|\d+[.)]\s")
_SENTENCE_END = re.compile(r"(?<=[.!?])[)\"“”’]*\s+(?=[\"„“(\[]?[\wÄÖÜ§])")


def language_of(text: str) -> str:
    """ "de" or "en", by the commonest small words; "" if there is nothing to go by."""
    words = re.findall(r"\b\w+\b", text[:20000].casefold())
    german = sum(word in _GERMAN_WORDS for word in words)
    english = sum(word in _ENGLISH_WORDS for word in words)
    if german == english:
        return ""
    return "de" if german > english else "en"


_GERMAN_WORDS = frozenset(
    re.findall(r"\w+", "der die das und ist von für werden wird mit des den dem zu muss sollte nicht eine oder")
)
_ENGLISH_WORDS = frozenset(re.findall(r"\w+", "the and of to is for are be with by in on that or must should not a"))


def split_statements(
    text: str, identifier: str, language: str = "de", *, capitals_only: bool = False
) -> tuple[StatementRow, ...]:
    """The statements of a Markdown text, numbered ``UA.1``, ``UA.2`` ... within `identifier`.

    >>> [s.number for s in split_statements("Dies MUSS geplant und die Umsetzung MUSS geprüft werden.", "X.1.A1")]
    ['UA.1', 'UA.2']
    """
    language = language if language in _VERBS else "en"
    pattern = _VERBS[language]
    if not capitals_only and not pattern.search(text):
        pattern = _SMALL_VERBS[language]
    rows: list[StatementRow] = []
    for sentence in sentences(text, pattern):
        found = list(pattern.finditer(sentence))
        for index, match in enumerate(found):
            end = found[index + 1].start() if index + 1 < len(found) else len(sentence)
            start = found[index - 1].end() if index else 0
            verb = _meaning(match[0].upper(), sentence[start : match.start()], sentence[match.end() : end], language)
            number = f"UA.{len(rows) + 1}"
            rows.append(StatementRow(number, sentence, verb, f"{identifier}-{number}"))
    return tuple(rows)


def _meaning(word: str, before: str, after: str, language: str) -> ModalVerb:
    if language == "de":
        if word.startswith(("DARF", "DÜRF")):
            return _permission(before, after, language)
        if word in ("KANN", "KÖNNEN"):
            return ModalVerb.MAY
        must = word.startswith(("MUSS", "MÜSS"))
    else:
        if word in ("MAY", "CAN"):
            return _permission(before, after, language)
        must = word in ("MUST", "SHALL")
    if not _NOT[language].search(after) and not (language == "en" and re.match(r"\s+not\b", after)):
        return ModalVerb.MUST if must else ModalVerb.SHOULD
    if must and language == "de":
        return ModalVerb.MAY  # "MUSS NICHT" releases, it does not forbid
    return ModalVerb.MUST_NOT if must else ModalVerb.SHOULD_NOT


def _permission(before: str, after: str, language: str) -> ModalVerb:
    """DARF and MAY forbid with "not", demand with "only" and else permit.

    "Not" and "only" are looked for in capitals and, where there are none, in small letters: some sentences write
    "DÜRFEN nur".
    """
    for fold in (str, str.upper):
        if _NOT[language].search(fold(after)):
            return ModalVerb.MUST_NOT
        if _ONLY[language].search(fold(after)) or _ONLY[language].search(fold(before)):
            return ModalVerb.MUST
    return ModalVerb.MAY


def sentences(text: str, verbs: re.Pattern[str] | None = None) -> list[str]:
    """The sentences of a Markdown text.

    What a list enumerates belongs to the sentence that opens it, and so does what goes on after the list; an entry
    that has one of the `verbs` is a sentence of its own.
    """
    found: list[str] = []
    follows_list = False
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            continue
        is_listed = bool(_LISTED.match(stripped))
        goes_on = follows_list and stripped[0].islower()
        if found and (goes_on or (is_listed and not (verbs and verbs.search(stripped)))):
            found[-1] += "\n" + (line.rstrip() if is_listed else stripped)
        else:
            found.extend(_split_line(stripped))
        follows_list = is_listed
    return found


def _split_line(line: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(line):
        candidate = line[start : match.start()].strip()
        if _ABBREVIATION.search(candidate) or (candidate[-2:-1].isdigit() and line[match.end()].islower()):
            continue
        pieces.append(line[start : match.end()].strip())
        start = match.end()
    pieces.append(line[start:].strip())
    return [piece for piece in pieces if piece] or [line]
