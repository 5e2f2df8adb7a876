"""From bytes to plain data: character encoding, format, and what no text of ours may hold."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from importlib import import_module
from typing import Any

from pydantic_core import from_json

from ringwall.oscal.findings import FindingLog

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

# Control characters (other than tab, line feed, carriage return) and halves of surrogate pairs: no database, no PDF
# and no XML takes them. In JSON they come as escapes only, so that a search for the escape tells whether to look.
_ESCAPED = re.compile(rb"\\u(?:00[01]|007[fF]|[dD][89abAB]|[fF][fF][fF][eEfF])")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Refused(Exception):
    """The file cannot be taken. The message says why; `path` where, "" for the whole file."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def decode(data: bytes, name: str, log: FindingLog) -> tuple[str, Any]:
    """The format ("json", "yaml" or "xml") and the plain data of a file; XML comes in the shape of OSCAL JSON.

    Raises Refused for what is in none of the formats.
    """
    if looks_like_xml(data):
        # Loaded by name: most installations read JSON only, and these two bring parsers with them.
        return "xml", import_module("ringwall.oscal.xml_reading").read_tree(data, log)
    is_yaml = name.lower().endswith((".yaml", ".yml"))
    if not is_yaml and data[:64].lstrip()[:1] in (b"{", b"["):
        with suppress(ValueError):
            # Twice as fast as the standard library; what it refuses, the standard library takes or explains.
            root = from_json(data, allow_inf_nan=False)
            return "json", without_unfit(root, log) if _may_hold_unfit(data) else root
    text = text_of(data, log)
    start = text.lstrip()[:1]
    if not start:
        raise Refused("the file is empty")
    if start not in "{[" or is_yaml:
        return "yaml", without_unfit(import_module("ringwall.oscal.yaml_reading").load(text), log)
    return "json", without_unfit(_json(text), log)


def _may_hold_unfit(data: bytes) -> bool:
    """Whether a JSON file escapes a character that is unfit. Most hold no escape of this kind at all, which is told ten
    times as fast."""
    start = data.find(b"\\u")
    return start >= 0 and _ESCAPED.search(data, start) is not None


def looks_like_xml(data: bytes) -> bool:
    """Whether the first character is <, in any Unicode encoding."""
    start = data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return start.startswith(b"<")


def text_of(data: bytes, log: FindingLog) -> str:
    """The text of a file in UTF-8, or in another Unicode encoding that says so itself. Raises Refused."""
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    if encoding.startswith(("utf-16", "utf-32")):
        log.add("warning", "", f"the file is encoded in {encoding.upper()}; OSCAL files are UTF-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        where = f"byte {error.start + 1}, line {line}"
        raise Refused(f"the file is not encoded in {encoding.upper()[:6]} ({where}); save it as UTF-8") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated string")
        cut = "; the file seems to be cut off" if is_cut else ""
        raise Refused(
            f"the file is no valid JSON: line {error.lineno}, column {error.colno}: {error.msg}{cut}"
        ) from None
    except ValueError as error:
        raise Refused(f"the file is no valid JSON: {error}") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def without_unfit(value: Any, log: FindingLog) -> Any:
    """The same data with control characters and lone surrogates replaced by U+FFFD, and a finding if there were any."""
    if isinstance(value, str):
        cleaned = _UNFIT.sub("\ufffd", value)
        if cleaned != value:
            log.add("warning", "", "control characters or broken Unicode in the text were replaced")
        return cleaned
    if isinstance(value, dict):
        return {without_unfit(key, log): without_unfit(member, log) for key, member in value.items()}
    if isinstance(value, list):
        return [without_unfit(member, log) for member in value]
    return value
