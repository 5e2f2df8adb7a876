"""How these records name a person."""

from typing import Any

from django.db import models

from ringwall.access.models import Person


def person(label: Any, **options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, **options
    )
