import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ringwall.site.trial import Trial, load, trial

CHROMIUM = os.environ.get("RINGWALL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    if not CHROMIUM:
        pytest.skip("no Chromium")
    data = tmp_path_factory.mktemp("trial") / "data"
    loaded = tmp_path_factory.getbasetemp().parent / "demonstration"
    # Loaded once, by whichever process comes first; each then serves a copy of its own.
    with loaded.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        load(loaded)
    shutil.copytree(loaded, data)
    with trial(data) as served:
        yield served


@pytest.fixture(scope="session")
def chromium(product: Trial) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def is_fault(message: Any) -> bool:
    """An error in the console, but for pages (not scripts or styles) that answer no on purpose."""
    if message.type != "error":
        return False
    is_page = "/static/" not in message.location.get("url", "")
    return not (is_page and any(f"status of {code}" in message.text for code in (403, 404, 409, 422)))


@pytest.fixture
def signed_in(product: Trial, chromium: Any) -> Iterator[Callable[..., Any]]:
    """A page on which the person of a role is signed in, in a language; its console must stay free of errors."""
    contexts: list[Any] = []
    turned: list[Any] = []
    faults: list[str] = []

    def speak(page: Any, language: str) -> None:
        page.click("details.menu-end > summary")
        page.click(f"button[name=language][value={language}]")
        page.wait_for_selector(f"html[lang={language}]")

    def open_page(role: str, language: str = "en", **options: Any) -> Any:
        context = chromium.new_context(
            base_url=product.url, locale="en-GB", viewport={"width": 1440, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        person = product.sign_ins[role]
        page.goto("/accounts/login/")
        page.fill("input[name=login]", person["email"])
        page.fill("input[name=password]", person["password"])
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        if language != "en":
            turned.append(page)
            speak(page, language)
        return page

    yield open_page
    for page in turned:
        page.goto("/lindtal/account/")
        speak(page, "en")
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write
