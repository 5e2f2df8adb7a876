"""Passwords and secrets that the product itself must know again: kept in the database only encrypted.

The key is derived from the installation's secret key, which lies beside the data and not in the database: who holds a
copy of the database alone reads nothing.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str) -> str:
    return _cipher().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str | None:
    """None where there is nothing, or the installation's key is another one than it was sealed with."""
    try:
        return _cipher().decrypt(sealed.encode()).decode() if sealed else None
    except InvalidToken:
        return None


def _cipher() -> Fernet:
    derived = HKDF(SHA256(), 32, None, b"ringwall.notices.sealing").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
