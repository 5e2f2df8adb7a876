"""Real files of others, where they are at hand."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from ringwall.oscal.reader import Reading, read

ROOT = Path(os.environ.get("RINGWALL_SHARED") or Path(__file__).resolve().parents[5] / "shared")
DATA = ROOT / "data"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data folder {DATA} is not here")

REV5 = "nist/NIST_SP-800-53_rev5.2.0_catalog.json"
REV4 = "nist/NIST_SP-800-53_rev4_catalog-min.json"
KERNEL = "bsi/BSI-Stand-der-Technik-Kernel-catalog.json"
METHOD = "bsi/BSI-Methodik-Grundschutz++-catalog.json"
RISK = "bsi/BSI-Anforderungen-zum-Risikomanagement-catalog.json"
MAPPING = "bsi/ITGS-to-GS++-mapping_collection.json"
BASIC = "examples/basic-catalog.json"


def data(path: str) -> bytes:
    return (DATA / path).read_bytes()


@cache
def reading(path: str) -> Reading:
    """A file read once; nobody changes what comes back."""
    return read(data(path), path)
