"""A spreadsheet of 5,000 new assets, as a person imports it: upload and preview, then store."""

import io
import time
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from ringwall.site.bench.client import Client
from ringwall.site.bench.figures import Figure, timed
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.run import Bench

ROWS, TIMES = 5000, 3
HEADER = ("reference", "title", "kind", "description", "unit", "owner", "confidentiality", "depends on")


def measure(bench: Bench) -> Iterator[Figure]:
    person = next(iter(bench.people.values()))
    browser = person.browser(bench.port)
    preview, store = [], []
    for turn in range(TIMES):
        data = sheet(f"N{int(time.time())}{turn}")
        began = time.perf_counter()
        answer = browser.upload(
            f"/{CODE}/assets/import/", {"date_order": "ymd", "decimal": "point"}, "assets.xlsx", data
        )
        step = answer.headers["location"]
        browser.get(step)
        preview.append(time.perf_counter() - began)
        store.append(_store(browser, step))
    yield timed("imports", f"{ROWS} assets from XLSX, preview", "s", 1.5, preview)
    yield timed("imports", f"{ROWS} assets from XLSX, store", "s", 1.5, store)


def _store(browser: Client, step: str) -> float:
    began = time.perf_counter()
    browser.post(step, {"store": "1"}, expected=302)
    return time.perf_counter() - began


def sheet(prefix: str) -> bytes:
    """A workbook of new assets, each of which needs one that stands in the database."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    rows: list[tuple[Any, ...]] = [HEADER]
    for n in range(ROWS):
        unit, owner = f"Department {1 + n % 7}.{1 + n % 6}", f"p{n % 200}@bench.example"
        rows.append(
            (
                f"{prefix}-{n}",
                f"Server {n}",
                "system",
                "Runs the server room.",
                unit,
                owner,
                "high" if n % 3 else "normal",
                f"A-{1 + n % 150:04d}",
            )
        )
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return out.getvalue()
