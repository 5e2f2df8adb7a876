"""The world of the proof for one module of tests: built once, left unchanged by every test, gone at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings

from ringwall.site.tests.proof.attached import attach
from ringwall.site.tests.proof.building import ProofWorld, build
from ringwall.site.tests.proof.walking import forget


@contextmanager
def standing_world(blocker: Any, files: Path) -> Iterator[ProofWorld]:
    """`blocker` is pytest-django's; the tests inside must be marked `django_db`, so that each is undone by itself."""
    with blocker.unblock(), override_settings(MEDIA_ROOT=files), transaction.atomic():
        world = build()
        attach(world)
        yield world
        transaction.set_rollback(True)
    forget()
