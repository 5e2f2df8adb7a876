"""Writing mails: the digest of what waits for a person, and single notices that cannot wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from ringwall.access.models import Organisation, Person
from ringwall.notices import links
from ringwall.notices.items import Item
from ringwall.notices.models import MailHabit, Notice, OutgoingMail
from ringwall.notices.rules import kinds
from ringwall.notices.rules.mail import AHEAD

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a mail, as far as it may be told."""

    text: str
    url: str
    due: str = ""
    is_late: bool = False
    done_url: str = ""


def language_of(person: Person) -> str:
    return person.user.language if person.user else person.organisation.language


def digest(
    person: Person, habit: MailHabit, items: Iterable[Item], notices: Sequence[Notice], today: date
) -> OutgoingMail | None:
    """What is late, due within a week or without a date, and what happened; None where nothing is to be told."""
    near = [item for item in items if item.due_on is None or item.due_on <= today + AHEAD]
    # A task that was given stands among what waits; that it was given is no further news.
    listed = {item.path for item in near}
    notices = [each for each in notices if each.kind != kinds.ASSIGNED or each.path not in listed]
    if not near and not notices:
        return None
    with override(language_of(person)):
        told = [item for item in near if not item.restricted]
        news = [notice for notice in notices if not notice.restricted]
        late = sum(item.due_on is not None and item.due_on < today for item in near)
        waiting = ngettext("%(count)d thing waits for you", "%(count)d things wait for you", len(near))
        parts = [waiting % {"count": len(near)}] if near else []
        if late:
            parts.append(ngettext("%(count)d overdue", "%(count)d overdue", late) % {"count": late})
        if notices:
            parts.append(ngettext("%(count)d notice", "%(count)d notices", len(notices)) % {"count": len(notices)})
        return _mail(
            person,
            OutgoingMail.Kind.DIGEST,
            f"digest:{person.pk}:{today.isoformat()}",
            ", ".join(parts),
            [_item_line(item, person.organisation, habit, today) for item in told[:SHOWN]],
            [_notice_line(notice, person.organisation, habit) for notice in news[:SHOWN]],
            len(told[SHOWN:]) + len(news[SHOWN:]),
            len(near) - len(told) + len(notices) - len(news),
        )


def urgent(person: Person, habit: MailHabit, notice: Notice) -> OutgoingMail:
    with override(language_of(person)):
        lines = [] if notice.restricted else [_notice_line(notice, person.organisation, habit)]
        subject = _("Please look at once") if notice.restricted else _subject(notice)
        key = f"urgent:{notice.pk}"
        return _mail(person, OutgoingMail.Kind.URGENT, key, subject, [], lines, 0, int(notice.restricted))


def _subject(notice: Notice) -> str:
    who = " ".join(filter(None, (notice.ref, notice.by))) or str(_("Something"))
    return f"{who} {notice.get_kind_display()}"


def _item_line(item: Item, organisation: Organisation, habit: MailHabit, today: date) -> Line:
    text = " ".join(str(part) for part in (item.what, item.ref, item.words) if part)
    if habit.shows_titles and item.title:
        text = f"{item.title} ({text})"
    due, is_late = "", item.due_on is not None and item.due_on < today
    if item.due_on:
        words = _("overdue since %(day)s") if is_late else _("due %(day)s")
        due = words % {"day": date_format(item.due_on, "SHORT_DATE_FORMAT")}
    return Line(text, _url(organisation, item.path), due, is_late, item.letter() if item.letter else "")


def _notice_line(notice: Notice, organisation: Organisation, habit: MailHabit) -> Line:
    text = " ".join(filter(None, (notice.ref, str(notice))))
    if habit.shows_titles and notice.title:
        text = f"{text}: {notice.title}"
    return Line(text, _url(organisation, notice.path))


def _url(organisation: Organisation, path: str) -> str:
    return f"{settings.RINGWALL_URL}/{organisation.code}/{quote(path)}"


def _mail(
    person: Person,
    kind: OutgoingMail.Kind,
    key: str,
    subject: str,
    items: Sequence[Line],
    news: Sequence[Line],
    more: int,
    untold: int,
) -> OutgoingMail:
    context: dict[str, Any] = {
        "person": person,
        "organisation": person.organisation,
        "subject": subject,
        "items": items,
        "news": news,
        "more": more,
        "untold": untold,
        "home_url": _url(person.organisation, ""),
        "settings_url": links.settings_url(person.pk),
    }
    return OutgoingMail(
        organisation_id=person.organisation_id,
        person_id=person.pk,
        key=key,
        kind=kind,
        address=person.email,
        subject=f"{person.organisation.name}: {subject}"[:200],
        text=render_to_string("notices/mail.txt", context),
        html=render_to_string("notices/mail.html", context),
        unsubscribe_url=links.unsubscribe_url(person.pk) if kind == OutgoingMail.Kind.DIGEST else "",
    )
