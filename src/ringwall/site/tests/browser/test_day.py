"""A day in the life, in both languages: reported from a phone, triaged, a clock, a finding to its end, an exception,
the next round of a check, and the digest that reaches a mail server; and a check answered by keyboard alone.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from ringwall.notices.tests.conftest import Sink, sink
from ringwall.site.trial import Trial, environment

__all__ = ["sink"]
"""A fixture of another folder."""

pytestmark = pytest.mark.browser

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 60
WORDS = {
    "en": {
        "day": "0",
        "thanks": "Thank you",
        "left": "71 h",
        "effective": "effective",
        "own": "You cannot check",
        "became": "became an incident",
    },
    "de": {
        "day": "1",
        "thanks": "Danke",
        "left": "71 h",
        "effective": "wirksam",
        "own": "Sie können diese",
        "became": "wurde zum Vorfall",
    },
}
SEND_DIGESTS = """
import sys
import django; django.setup()
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from ringwall.notices import posting, sending
now = datetime.now(ZoneInfo("Europe/Berlin")).replace(hour=20)
while now.weekday() != int(sys.argv[1]):
    now += timedelta(days=1)
posting.post_digests(now)
sending.send_waiting(now)
"""


def follow(page: Any, path: str, **values: str) -> None:
    """Press the button of the page that leads there, fill the form and send it; it must be taken."""
    page.click(f"main a[href$='{path}'], main form[action$='{path}'] button")
    send(page, **values)


def send(page: Any, **values: str) -> None:
    form = page.locator("main form:has(.form-actions)")
    for name, value in values.items():
        place = form.locator(f"[name={name}]")
        if place.evaluate("element => element.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    with page.expect_navigation():
        form.locator("button.button-primary").click()
    assert not page.locator(".error-summary").count(), page.inner_text(".error-summary")


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_day_in_the_life(
    signed_in: Callable[..., Any], product: Trial, chromium: Any, sink: Sink, language: str
) -> None:
    words = WORDS[language]
    officer, addresses = signed_in("isms_manager", language), {k: s["email"] for k, s in product.sign_ins.items()}

    # An employee reports from the phone; the officer makes an incident of it, and a clock starts.
    employee = signed_in("employee", language, has_touch=True, is_mobile=True)
    employee.set_viewport_size({"width": 390, "height": 844})
    employee.goto("/lindtal/")
    employee.click("#panel-report-event a[href$='/report-event/']")
    employee.fill("[name=title]", f"Mail asks me for my password ({language})")
    employee.select_option("[name=category]", "phishing")
    employee.set_input_files("[name=files]", {"name": "mail.png", "mimeType": "image/png", "buffer": PNG})
    employee.click("main form button.button-primary")
    employee.wait_for_selector(f"h1:has-text('{words['thanks']}')")
    event = employee.inner_text("main strong")
    officer.goto("/lindtal/")
    officer.click(f"#panel-new-events a:has-text('{event}')")
    officer.wait_for_selector(f"h1:has-text('{event}')")
    assert "mail.png" in officer.inner_text("aside.side")
    follow(officer, "/act/raise/")
    officer.click("main dl a:has-text('Mail asks me')")
    officer.wait_for_url(re.compile(r"/incidents/[A-Z]+-\d+/$"))
    follow(officer, "/act/classify/", severity="3", personal_data="yes", significant="no")
    assert words["left"] in officer.inner_text("#panel-notifications")
    officer.click("#panel-notifications a:has-text('GDPR'), #panel-notifications a:has-text('DSGVO')")
    assert "[…]" in officer.input_value("[name=text]")
    officer.go_back()

    # A finding follows: put right, its cause found, an action given, carried out, and checked by somebody else.
    officer.click("#panel-findings a[href$='/new/']")
    assert officer.input_value("[name=source]") == "incident", officer.content()
    send(
        officer,
        title=f"Mailboxes have no second factor ({language})",
        category="minor",
        evidence="The sign-ins of last night",
        owner=addresses["isms_manager"],
        checker=addresses["internal_auditor"],
        waiting_days="0",
    )
    if officer.url.endswith("/new/"):  # similar ones are shown once
        send(officer)
    officer.wait_for_url(re.compile(r"/findings/F-\d+/$"))
    finding, ref = officer.url, officer.url.split("/")[-2]
    follow(officer, "/act/correct/", correction="Password changed, sessions ended")
    follow(officer, "/act/five_whys/", why_1="The page looked like ours", cause="A password alone opens the mailbox")
    action = {"title": f"Second factor after {ref}", "responsible": addresses["control_owner"], "due_on": in_days(9)}
    follow(officer, "/act/plan/", **action)
    worker = signed_in("control_owner", language)
    worker.goto("/lindtal/")
    worker.click(f"#panel-my-tasks li:has-text('{action['title']}') a[href*='/corrective-actions/']")
    follow(worker, "/act/complete/", outcome="Switched on for all mailboxes")
    officer.goto(finding)
    officer.click("main a[href$='/act/check/']")
    officer.select_option("[name=result]", "effective")
    officer.fill("[name=looked_at]", "My own work")
    officer.click("main form button.button-primary")
    officer.wait_for_selector(f".error-summary:has-text('{words['own']}')")
    assert officer.input_value("[name=looked_at]") == "My own work"  # nothing typed is lost
    auditor = signed_in("internal_auditor", language)
    auditor.goto(finding)
    follow(auditor, "/act/check/", result="effective", looked_at="Ten mailboxes, none opens by password alone")
    assert words["effective"] in auditor.inner_text("main")

    # An exception: asked for by anybody, judged by the officer, decided by top management.
    employee.goto("/lindtal/exceptions/ask/")
    asked = f"Shared mailbox of the gate after {ref}"
    employee.fill("[name=title]", asked)
    employee.fill("[name=deviation]", "One password for the three of us")
    employee.fill("[name=justification]", "We change places every hour")
    employee.fill("[name=compensation]", "The mailbox receives only")
    employee.fill("[name=until_on]", in_days(60))
    employee.click("main form button.button-primary")
    employee.wait_for_selector(f"main li:has-text('{asked}')")
    officer.goto("/lindtal/exceptions/?state=asked")
    officer.click(f"main a:has-text('{asked}')")
    judged = {"risk": "A stranger reads the mail", "requirements": "A.5.17"}
    follow(officer, "/act/judge/", level="raised", **judged)
    leader = signed_in("top_management", language)
    leader.goto("/lindtal/")
    leader.click(f"#panel-my-exceptions a:has-text('{asked}')")
    follow(leader, "/act/authorise/", decision="Until the new gate")
    employee.goto("/lindtal/exceptions/ask/")
    assert "Until the new gate" in employee.inner_text(f"main li:has-text('{asked}')")

    # The check before the audit: its next round, with what was answered last time.
    officer.goto("/lindtal/checks/PR-02/")
    follow(officer, "/act/next/", title=f"Clauses before the audit ({language})", due_on=in_days(14))
    check = officer.url
    assert "/checks/PR-02/" not in check
    officer.goto(f"{check}interview/")
    assert officer.locator(".interview-walk strong").count()

    # The digest reaches a real mail server, and the link in it opens without a sign-in.
    officer.goto(f"{check.replace('/checks/', '/tasks/of/check/')}new/")
    task = f"Bring the minutes of {ref}"
    send(officer, title=task, assignee=addresses["control_owner"], due_on=in_days(2))
    admin = signed_in("administrator", language)
    admin.goto("/lindtal/settings/mail/edit/")
    send(admin, host="127.0.0.1", port=str(sink.port), security="none", sender="isms@lindtal.example")
    worker.goto("/lindtal/account/mail/")
    worker.check("[name=shows_titles]")
    worker.click("main form button.button-primary")
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SEND_DIGESTS, words["day"]],
        env=environment(product.data) | {"DJANGO_SETTINGS_MODULE": "ringwall.site.settings"},
        check=True,
    )
    (digest,) = sink.to(addresses["control_owner"])
    plain = digest.get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    assert task in text
    link = re.search(r"https?://\S+/letter/task/\S+", text.split(task)[1])
    assert link, text
    stranger = chromium.new_context(base_url=product.url)
    letter = stranger.new_page()
    letter.goto(re.sub(r"^https?://[^/]+", product.url, link[0]))
    assert task in letter.inner_text("main") and not letter.locator("nav.nav").count()
    letter.click("main form button.button-primary")
    stranger.close()
    worker.goto("/lindtal/tasks/")
    assert task not in worker.inner_text("main")

    employee.goto("/lindtal/report-event/")
    assert event in employee.inner_text("main") and words["became"] in employee.inner_text("main")


def test_a_check_is_answered_by_keyboard_alone(signed_in: Any) -> None:
    page = signed_in("isms_manager")
    page.goto("/lindtal/checks/PR-02/interview/")
    first = page.inner_text("h1 .ref")
    before = page.inner_text(".interview-walk strong")
    page.keyboard.press("2")
    page.keyboard.press("r")
    page.keyboard.type("Half of it is written down")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("ref => document.querySelector('h1 .ref').innerText !== ref", arg=first)
    second = page.inner_text("h1 .ref")
    assert page.inner_text(".interview-walk strong") != before
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_function("ref => document.querySelector('h1 .ref').innerText !== ref", arg=second)
    page.goto(f"/lindtal/checks/PR-02/interview/?state=all&at={first}")
    assert page.is_checked("[data-whole] input[value=partially]")
    assert page.input_value("[name=remark]") == "Half of it is written down"
