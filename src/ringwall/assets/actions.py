"""What may be done with assets."""

from ringwall.assets.models import Asset
from ringwall.kit.actions import record_actions

FIELDS = (
    "ref",
    "title",
    "category",
    "description",
    "unit",
    "owner",
    "quantity",
    "confidentiality",
    "integrity",
    "availability",
    "need_reason",
    "classification",
    "activities",
    "retention",
    "depends_on",
    "input_processes",
    "restricted",
)

acts = record_actions(Asset, FIELDS)
