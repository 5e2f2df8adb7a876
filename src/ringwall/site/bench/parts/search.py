"""Full text over all registers: a rare and a common word, on the page of results and in the palette."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

from ringwall.search.models import SearchRow
from ringwall.site.bench.figures import Figure, timed
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.rows import COMMON, RARE
from ringwall.site.bench.run import Bench


def measure(bench: Bench) -> Iterator[Figure]:
    rows = SearchRow.objects.count()
    for key, person in bench.people.items():
        browser = person.browser(bench.port)
        for name, word in (("rare word", RARE), ("common word", COMMON), ("beginning of a word", COMMON[:3])):
            path = f"/{CODE}/search/?q={quote(word)}"
            yield timed(
                "search",
                f"{name}, {key}",
                "ms",
                30,
                bench.sample(partial(browser.get, path)),
                f"{rows} rows searched",
            )
            yield timed(
                "search",
                f"{name}, in the palette, {key}",
                "ms",
                30,
                bench.sample(partial(browser.get, path, HX_Request="true")),
            )
