"""What the page kinds are made of: plain values that a view fills and a template draws. No queries, no rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.utils.formats import date_format
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Link:
    """`style` is primary, plain or danger; `method` post makes a one-button form; `icon` a Lucide name."""

    label: Text
    url: str
    icon: str = ""
    style: Literal["primary", "plain", "danger"] = "plain"
    method: Literal["get", "post"] = "get"
    count: int | None = None
    is_current: bool = False
    hint: Text = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    """One of Plan, Do, Check, Act, or the settings: `key` plan, do, check, act, settings."""

    key: str
    label: Text
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: text, ref, number, money, date, state, link, links, bool. `sort_url` empty where sorting is not
    offered.
    """

    key: str
    label: Text
    kind: str = "text"
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    is_editable: bool = False
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """`state` names one of the tones good, warn, bad, info, quiet, or is empty; the text always carries the meaning."""

    key: str
    text: Text
    kind: str = "text"
    url: str = ""
    state: str = ""
    hint: Text = ""
    is_editable: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    ref: str
    url: str
    version: int
    cells: Sequence[Cell]
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Text
    is_selected: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """`kind`: choice (pick one or many of `choices`), reference (type a name), date (from, until), bool."""

    key: str
    label: Text
    kind: str = "choice"
    choices: Sequence[Choice] = ()
    value: str = ""
    suggest_url: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    label: Text
    value: Text
    remove_url: str


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty page says: what belongs here, why it matters, the first step."""

    title: Text
    text: Text
    actions: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Pager:
    first: int
    last: int
    count: int
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    last_url: str = ""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    kind: str
    title: Text
    title_one: Text
    url: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    pager: Pager
    empty: Empty
    search: str = ""
    filters: Sequence[Filter] = ()
    chips: Sequence[Chip] = ()
    views: Sequence[Link] = ()
    can_save_view: bool = True
    save_view_url: str = ""
    all_columns: Sequence[Column] = ()
    primary: Link | None = None
    bulk: Sequence[Link] = ()
    exports: Sequence[Link] = ()
    import_url: str = ""
    paste_url: str = ""
    menu: Sequence[Link] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    is_dense: bool = False
    is_filtered: bool = False
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Fact:
    label: Text
    value: Text
    url: str = ""
    state: str = ""
    hint: Text = ""
    links: Sequence["Link"] = ()
    """In place of the value: each of several linked records."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    at: Any
    actor: str
    verb: Text
    reason: str
    changes: Sequence[tuple[Text, str, str]]
    position: int = 0


@dataclass(frozen=True, slots=True)
class Panel:
    """A block of a record page. One of: facts, table (columns+rows), text (HTML already safe), html by a template of
    its own.
    """

    key: str
    title: Text
    facts: Sequence[Fact] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    text: str = ""
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    actions: Sequence[Link] = ()
    empty: Text = ""
    is_first: bool = False
    """On the home page above all else: somebody waits for this person."""


def use_row(what: Text, url: str, on: date, by: str) -> Row:
    """A line of what a waiver was used for: the answer of providers of "waiver_used" (waiver, actor)."""
    cells = [
        Cell("what", what, "link", url),
        Cell("on", date_format(on, "SHORT_DATE_FORMAT"), "date"),
        Cell("by", by),
    ]
    return Row(f"{url}{on}", str(what), url, 0, cells)


@dataclass(frozen=True, slots=True)
class RecordPage:
    kind: str
    ref: str
    title: str
    url: str
    version: int
    breadcrumb: Sequence[Link]
    facts: Sequence[Fact]
    tabs: Sequence[Link]
    panels: Sequence[Panel]
    primary: Link | None = None
    actions: Sequence[Link] = ()
    side: Sequence[Panel] = ()
    next_step: Text = ""
    notice: Text = ""
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class FormPage:
    """`form` is a bound or unbound Django form; `conflict` lists (field, theirs, yours) after a lost race."""

    title: Text
    form: Any
    url: str
    submit: Text
    cancel_url: str
    breadcrumb: Sequence[Link] = ()
    intro: Text = ""
    version: int | None = None
    conflict: Sequence[tuple[Text, str, str]] = ()
    conflict_by: str = ""
    is_danger: bool = False
    needs_reason: bool = False
    hidden: Mapping[str, str] = field(default_factory=dict)
    is_reason_required: bool = False


@dataclass(frozen=True, slots=True)
class ImportFinding:
    severity: Literal["error", "warning", "info"]
    row: int | None
    column: str
    message: Text


@dataclass(frozen=True, slots=True)
class ImportRow:
    """`outcome`: added, changed, unchanged, refused; `changes` (label, before, after)."""

    number: int
    outcome: str
    ref: str
    title: str
    changes: Sequence[tuple[Text, str, str]] = ()
    findings: Sequence[ImportFinding] = ()


@dataclass(frozen=True, slots=True)
class ImportPage:
    """`step`: upload, columns, preview, done. `columns`: (header, sample values, choices with the guess selected)."""

    title: Text
    url: str
    step: Literal["upload", "columns", "preview", "done"]
    breadcrumb: Sequence[Link]
    form: Any = None
    columns: Sequence[tuple[str, Sequence[str], Sequence[Choice]]] = ()
    rows: Sequence[ImportRow] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[ImportFinding] = ()
    template_url: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    can_store: bool = False
    result_url: str = ""
    noun: Text = ""
