"""Bytes in the one file storage (disk or a bucket), named by their SHA-256; what comes out is what went in."""

import hashlib
import logging
import os
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from ringwall.evidence.models import StoredFile
from ringwall.evidence.rules import CHUNK
from ringwall.kit.errors import NotFound, Refused

log = logging.getLogger(__name__)
QUOTA = 10 * 1024**3


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """An upload whose type was told by its content."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: BinaryIO


def sha256_of(content: IO[bytes]) -> str:
    content.seek(0)
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def quota() -> int:
    """Bytes that the files of one organisation may take; the setting EVIDENCE_QUOTA overrides the default of 10 GiB."""
    return int(getattr(settings, "EVIDENCE_QUOTA", QUOTA))


def require_room(used: int, size: int) -> None:
    if used + size > quota():
        raise Refused(
            _("The files of this organisation take %(used)s of %(quota)s; there is no room for another %(size)s.")
            % {"used": filesizeformat(used), "quota": filesizeformat(quota()), "size": filesizeformat(size)},
            remedy=_("Ask your administrator for more room."),
        )


def keep(stored: StoredFile, content: BinaryIO) -> None:
    """Write the bytes unless they are there. Half a file, left by a process that was killed, is written anew.

    Happens before the row is committed: a file without a row does no harm, a row without its file would.
    """
    path = stored.path
    try:
        if default_storage.exists(path):
            if default_storage.size(path) == stored.size:
                return
            default_storage.delete(path)
        content.seek(0)
        saved = default_storage.save(path, File(content))
        if saved != path:  # somebody wrote the same bytes meanwhile
            default_storage.delete(saved)
        _make_durable(path)
    except OSError as error:
        log.exception("evidence could not be stored")
        raise Refused(
            _("The file could not be stored."),
            remedy=_("Tell your administrator: the file storage is full or cannot be written."),
        ) from error


def _make_durable(path: str) -> None:
    """On a disk, wait until the bytes are on it; a bucket keeps what it acknowledged."""
    try:
        place = default_storage.path(path)
    except NotImplementedError:
        return
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_checked(stored: StoredFile) -> Any:
    """The file, open for reading, after its bytes were held against their hash. NotFound if it is lost or differs."""
    try:
        file = default_storage.open(stored.path)
    except OSError:
        log.exception("stored file %s is missing", stored.path)
        raise NotFound(
            _("The file is lost."), remedy=_("Tell your administrator to restore it from a backup.")
        ) from None
    if sha256_of(file) != stored.sha256:
        file.close()
        log.error("stored file %s is not what was stored", stored.path)
        raise NotFound(
            _("The stored file is no longer what was added as evidence."),
            remedy=_("Tell your administrator to restore it from a backup."),
        )
    return file
