"""The pure floors tell findings by code and parameters; here they become words in the reader's language."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ringwall.lib.sheets_types import ERRORS, FINDINGS, CellFinding, SheetError
from ringwall.lib.values import ERRORS as VALUE_ERRORS
from ringwall.lib.values import CellValueError


def file_words(error: SheetError) -> tuple[str, str]:
    """(what is wrong and where, remedy) of a file that is refused whole."""
    message, remedy = (_(template) for template in ERRORS[error.code])
    told = message.format(**error.parameters)
    return (f"{error.place}: {told}" if error.place else told), remedy


def cell_words(finding: CellFinding) -> str:
    return _(FINDINGS[finding.code]).format(**finding.parameters)


def value_words(error: Any) -> str:
    if isinstance(error, CellValueError):
        return _(VALUE_ERRORS[error.code]).format(**error.parameters)
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)
