"""axe finds nothing on any kind of page, in both themes, both languages and on a phone; nothing needs a script to be
read.
"""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = (
    "/lindtal/",
    "/lindtal/assets/",
    "/lindtal/assets/A-13/",
    "/lindtal/assets/A-13/?tab=history",
    "/lindtal/assets/new/",
    "/lindtal/assets/import/",
    "/lindtal/risks/",
    "/lindtal/risks/R-01/",
    "/lindtal/risks/R-01/act/assess/",
    "/lindtal/risk-matrix/",
    "/lindtal/risk-criteria/RC-01/",
    "/lindtal/controls/",
    "/lindtal/controls/M-10/",
    "/lindtal/findings/F-0003/",
    "/lindtal/findings/F-0006/",
    "/lindtal/exceptions/EX-02/",
    "/lindtal/exceptions/ask/",
    "/lindtal/checks/PR-02/",
    "/lindtal/checks/PR-02/interview/",
    "/lindtal/checks/PR-02/all/",
    "/lindtal/incidents/V-02/",
    "/lindtal/report-event/",
    "/lindtal/tasks/",
    "/lindtal/soa/IS-01/",
    "/lindtal/treatment-plan/IS-01/",
    "/lindtal/catalogues/",
    "/lindtal/catalogues/iso27001-2022-annex-a/",
    "/lindtal/catalogues/iso27001-2022-annex-a/A.5.1/",
    "/lindtal/catalogues/mappings/iso27001-2022-annex-a-customer-a-2026/",
    "/lindtal/catalogues/customer-a-2026/coverage/",
    "/lindtal/catalogues/carry-overs/",
    "/lindtal/scopes/IS-01/",
    "/lindtal/obligations/",
    "/lindtal/search/?q=firmware",
    "/lindtal/account/",
    "/lindtal/no-such-page/",
)


@pytest.mark.parametrize(("theme", "width", "language"), [("light", 1440, "en"), ("dark", 390, "de")])
def test_axe_finds_nothing(signed_in: Any, theme: str, width: int, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = signed_in("isms_manager", color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    choose_language(page, language)
    found = []
    try:
        for url in PAGES:
            page.goto(url)
            for violation in Axe().run(page).response["violations"]:
                found += [f"{url}: {violation['id']}: {node['html'][:160]}" for node in violation["nodes"][:3]]
    finally:
        choose_language(page, "en")
    assert not found, "\n".join(found)


def choose_language(page: Any, language: str) -> None:
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": page.url}
    page.request.post("/settings/language/", form={"language": language, "next": "/"}, headers=headers)


def test_pages_can_be_read_and_forms_sent_without_javascript(signed_in: Any) -> None:
    page = signed_in("isms_manager", java_script_enabled=False)
    for url in (
        "/lindtal/assets/",
        "/lindtal/soa/IS-01/",
        "/lindtal/risk-matrix/",
        "/lindtal/catalogues/iso27001-2022-annex-a/",
    ):
        page.goto(url)
        assert page.locator("main").inner_text().strip()
    page.goto("/lindtal/assets/new/")
    page.fill("[name=title]", "Made without a script")
    page.select_option("[name=category]", "system")
    page.locator("main form button.button-primary").first.click()
    page.wait_for_url("**/assets/A-*/")
    assert "Made without a script" in page.inner_text("h1")
