"""The pure floors tell findings by code and parameters; here they become words in the reader's language."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ringwall.kit.words_of_lib import DETAILS
from ringwall.lib.sheets_types import ERRORS, FINDINGS, CellFinding, SheetError
from ringwall.lib.values import ERRORS as VALUE_ERRORS
from ringwall.lib.values import CellValueError


def file_words(error: SheetError) -> tuple[str, str]:
    """(what is wrong and where, remedy) of a file that is refused whole."""
    message, remedy = (_(template) for template in ERRORS[error.code])
    # What was found, and what is damaged, are told in words of their own; a parser's message stays as it is.
    told = message.format(**{name: _(value) if value in DETAILS else value for name, value in error.parameters.items()})
    return (f"{_place_words(error.place)}: {told}" if error.place else told), remedy


def _place_words(place: str) -> str:
    if place.startswith("sheet "):
        return _("sheet %(name)s") % {"name": place.removeprefix("sheet ")}
    if match := re.fullmatch(r"row (\d+)(?:, line (\d+))?", place):
        row, line = match.groups()
        return _("row %(row)s, line %(line)s") % {"row": row, "line": line} if line else _("row %(row)s") % {"row": row}
    return place


def cell_words(finding: CellFinding) -> str:
    return _(FINDINGS[finding.code]).format(**finding.parameters)


def value_words(error: Any) -> str:
    if isinstance(error, CellValueError):
        return _(VALUE_ERRORS[error.code]).format(**error.parameters)
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)
