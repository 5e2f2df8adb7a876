"""What no text of ours may hold."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ringwall.kit.errors import Invalid

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def forbid_control_characters(value: str) -> None:
    """No control characters but line break and tab: they break documents and hide text."""
    if found := _CONTROL.search(value):
        raise ValidationError(
            _("contains the control character U+%(code)s; remove it"), params={"code": f"{ord(found.group()):04X}"}
        )


def require_plain(**texts: str) -> None:
    """The same for texts that come past the inputs of an action, by the names of their fields. Raises Invalid."""
    for name, text in texts.items():
        try:
            forbid_control_characters(text)
        except ValidationError as error:
            raise Invalid({name: error.messages}) from None
