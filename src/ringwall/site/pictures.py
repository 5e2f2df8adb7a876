"""Pictures of every page kind, light and dark, English and German, on a desk and a phone; one of them stands in the
README.

    python -m ringwall.site.pictures OUT [--readme docs/pictures]

Needs the packages of the test group and Chromium.
"""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from ringwall.site.trial import Trial, trial

PAGES = {
    "home": "/lindtal/",
    "register": "/lindtal/risks/",
    "record": "/lindtal/risks/R-01/",
    "history": "/lindtal/controls/M-10/?tab=history",
    "form": "/lindtal/assets/new/",
    "import": "/lindtal/assets/import/",
    "matrix": "/lindtal/risk-matrix/",
    "criteria": "/lindtal/risk-criteria/RC-01/",
    "statement": "/lindtal/soa/IS-01/",
    "plan": "/lindtal/treatment-plan/IS-01/",
    "catalogues": "/lindtal/catalogues/",
    "catalogue": "/lindtal/catalogues/iso27001-2022-annex-a/",
    "requirement": "/lindtal/catalogues/iso27001-2022-annex-a/A.8.8/",
    "week": "/lindtal/tasks/",
    "account": "/lindtal/account/",
    "knowledge": "/lindtal/knowledge/",
    "chapter": "/lindtal/knowledge/roles/",
    "step": "/lindtal/knowledge/steps/7/",
    "people": "/lindtal/settings/people/",
    "search": "/lindtal/search/?q=firmware",
    "error": "/lindtal/no-such-page/",
}
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]


def sign_in(page: Any, served: Trial, role: str) -> None:
    person = served.sign_ins[role]
    page.goto("/accounts/login/")
    page.fill("input[name=login]", person["email"])
    page.fill("input[name=password]", person["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def take(out: Path, readme: Path | None) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("pictures need Chromium; install it and start again")
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for language in ("en", "de"):
            with trial(Path(temporary) / language, language) as served:
                for theme in ("light", "dark"):
                    for size, (width, height) in SIZES.items():
                        context = browser.new_context(
                            base_url=served.url,
                            color_scheme=theme,
                            viewport={"width": width, "height": height},
                            locale=language,
                        )
                        page = context.new_page()
                        sign_in(page, served, "isms_manager")
                        for name, url in PAGES.items():
                            page.goto(url)
                            page.screenshot(path=out / f"{name}-{size}-{theme}-{language}.png")
                        context.close()
        browser.close()
    if readme is not None:
        readme.mkdir(parents=True, exist_ok=True)
        shutil.copy(out / "statement-desk-light-en.png", readme / "statement.png")


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of every page kind.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--readme", type=Path, help="folder for the picture in the README")
    given = parser.parse_args()
    take(given.out, given.readme)


if __name__ == "__main__":
    main()
