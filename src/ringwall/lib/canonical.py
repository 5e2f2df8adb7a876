"""Canonical JSON after RFC 8785 (JCS): one value has one text, so that a hash of the text is a hash of the value.

RFC 8785 is hard where it orders keys by UTF-16 and where it prints numbers as ECMAScript does. Here a value may hold no
floats, only keys of ASCII characters and only whole numbers that an IEEE double holds exactly; then the writer of the
standard library already gives the canonical text, at the speed of C.
"""

import json
from typing import Any, NoReturn

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 100

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


class CanonicalError(ValueError):
    """A value has no canonical form here. `path` is a JSON Pointer (RFC 6901) to the place, "" for the whole."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{path or 'the whole value'}: {reason}")
        self.reason = reason
        self.path = path

    def below(self, key: object) -> "CanonicalError":
        """The same fault, seen from the value one level higher."""
        step = str(key).replace("~", "~0").replace("/", "~1")
        return CanonicalError(self.reason, f"/{step}{self.path}")


def encode(value: object) -> str:
    """The canonical text of a value of dict, list, tuple, str, int, bool and None; CanonicalError for anything else."""
    _check(value, MAX_DEPTH)
    return _encoder.encode(value)


def decode(text: str) -> Any:
    """The value of a canonical text; CanonicalError where it is not JSON, or JSON in another form."""
    try:
        value = json.loads(text, parse_int=_whole, parse_float=_refuse_number, parse_constant=_refuse_number)
        # What JSON itself holds can offend only by a key that is not ASCII, or by depth; looking for either costs time.
        if not text.isascii() or text.count("[") + text.count("{") > MAX_DEPTH:
            _check(value, MAX_DEPTH)
        is_canonical = _encoder.encode(value) == text
    except CanonicalError:
        raise
    except (ValueError, RecursionError) as error:
        raise CanonicalError(f"is not JSON ({error})") from None
    if not is_canonical:
        raise CanonicalError("is JSON, but not in canonical form (RFC 8785)")
    return value


def _check(value: object, depth: int) -> None:
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value)
    elif value is None or isinstance(value, bool):
        pass
    elif isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise CanonicalError(f"{value} is beyond ±(2^53 - 1); write it as text")
    elif isinstance(value, dict | list | tuple):
        if not depth:
            raise CanonicalError(f"is nested more than {MAX_DEPTH} levels deep, or holds itself")
        _check_parts(value, depth - 1)
    elif isinstance(value, float):
        raise CanonicalError(f"{value} is a float; write it as text or as a whole number of a smaller unit")
    else:
        raise CanonicalError(f"is of type {type(value).__name__}; write it as text, whole number, list or object")


def _check_parts(parts: dict[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> None:
    is_object = isinstance(parts, dict)
    for key, part in parts.items() if isinstance(parts, dict) else enumerate(parts):
        if is_object and not (isinstance(key, str) and key.isascii()):
            raise CanonicalError(f"the key {key!r} is not a text of ASCII characters")
        if part is None or (type(part) is str and part.isascii()):
            continue  # nearly all parts, and a call each would cost more than the check
        try:
            _check(part, depth)
        except CanonicalError as error:
            raise error.below(key) from None


def _check_text(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise CanonicalError(f"holds half a surrogate pair at character {error.start}") from None


def _whole(text: str) -> int:
    value = int(text)
    _check(value, 0)
    return value


def _refuse_number(text: str) -> NoReturn:
    raise CanonicalError(f"{text} is not a whole number")
