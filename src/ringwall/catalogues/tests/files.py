"""Catalogues made for the tests, and where the real ones are."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("RINGWALL_SHARED", Path(__file__).parents[5] / "shared")) / "data"


def real(path: str) -> bytes:
    """A file of the shared data; the test is skipped where the folder is absent."""
    if not (SHARED / path).exists():
        pytest.skip(f"needs the shared data: {path}")
    return (SHARED / path).read_bytes()


def control(identifier: str, title: str, prose: str, **more: Any) -> dict[str, Any]:
    parts = [{"id": f"{identifier}_smt", "name": "statement", "prose": prose}] if prose else []
    return {"id": identifier, "title": title, "parts": parts, **more}


def oscal(*controls: dict[str, Any], version: str = "1", title: str = "House rules", uuid: str = "") -> bytes:
    """An OSCAL catalogue with one group that holds the controls."""
    catalogue = {
        "uuid": uuid or "11111111-2222-4333-8444-555555555555",
        "metadata": {
            "title": title,
            "last-modified": "2026-01-01T00:00:00Z",
            "version": version,
            "oscal-version": "1.1.2",
        },
        "groups": [{"id": "g1", "title": "Doors", "controls": list(controls)}],
    }
    return json.dumps({"catalog": catalogue}).encode()


LOCK = control("h-1", "Lock", "Doors MUST be locked. Windows SHOULD be closed.")
KEYS = control("h-2", "Keys", "Keys MUST NOT be copied.")
VISITORS = control("h-3", "Visitors", "Visitors MAY wait in the hall.")
