"""Catalogues as they came, and what they demand: requirements and reference controls with their statements."""

from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import quote

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation
from ringwall.access.policy import Actor
from ringwall.access.tracked import Tracked
from ringwall.kit.records import Link, Record, is_uuid
from ringwall.lib.ids import uuid7


def shared_or_own(actor: Actor) -> Q:
    """The condition on catalogues and what is in them: the actor's own organisation and the shared ones."""
    return Q(organisation_id=actor.organisation_id) | Q(organisation__is_installation=True)


class Catalogue(Tracked):
    """One published set of demands. Shared ones belong to the reserved organisation *installation*.

    `counts` holds what `rules.Counts` counts; `document_id` the publisher's own identifier of the document, by which
    a new edition is known.
    """

    kind: ClassVar[str] = "catalogue"

    class Source(models.TextChoices):
        OSCAL = "oscal", _("OSCAL")
        KOMPENDIUM = "kompendium", _("DocBook")
        LIBRARY = "library", _("CISO Assistant")
        SHEET = "sheet", _("spreadsheet")
        BUILTIN = "builtin", _("built in")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    code = models.CharField(
        _("identifier"), max_length=80, help_text=_("Short name in addresses and on the command line.")
    )
    title = models.CharField(_("title"), max_length=300)
    titles = models.JSONField(_("titles in other languages"), default=dict, editable=False)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    edition = models.CharField(_("version"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.OSCAL, editable=False)
    document_id = models.CharField(_("document"), max_length=120, blank=True, editable=False)
    is_reference = models.BooleanField(
        _("reference controls"),
        default=False,
        editable=False,
        help_text=_("Holds reference controls, not requirements."),
    )
    is_builtin = models.BooleanField(_("built in"), default=False, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    counts = models.JSONField(_("counts"), default=dict, editable=False)
    imported_at = models.DateTimeField(_("imported"), default=timezone.now, editable=False)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogues")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="catalogue_code")]
        indexes = [models.Index(fields=["organisation", "sha256"], name="catalogue_by_hash")]

    def __str__(self) -> str:
        return self.title_text

    @property
    def ref(self) -> str:
        return self.code

    @property
    def title_text(self) -> str:
        return str(self.titles.get(get_language() or "en") or self.title)

    def address(self, organisation: str) -> str:
        """Its page in an organisation, whose code is given."""
        return f"/{organisation}/catalogues/{self.code}/"

    @classmethod
    def open_to(cls, actor: Actor) -> Any:
        """Catalogues of the actor's organisation and the shared ones."""
        return cls.objects.filter(shared_or_own(actor), withdrawn_on=None)

    @classmethod
    def named(cls, actor: Actor, texts: Iterable[str]) -> dict[str, Any]:
        """Text → catalogue: by id or identifier; one's own goes before a shared one of the same name."""
        texts = list(texts)
        ids = [text for text in texts if is_uuid(text)]
        rows = cls.open_to(actor).filter(Q(pk__in=ids) | Q(code__in=texts))
        found: dict[str, Any] = {}
        for row in sorted(rows, key=lambda row: row.organisation_id == actor.organisation_id):
            found[str(row.pk)] = found[row.code] = row
        return {text: found[key] for text in texts if (key := text.lower() if is_uuid(text) else text) in found}


class SourceFile(models.Model):
    """The original bytes of an imported file, so that an untouched document goes out byte for byte.

    `outcome` holds added, changed, unchanged, withdrawn; `findings` a list of {severity, path, message}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="files")
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    size = models.PositiveIntegerField(default=0)
    edition = models.CharField(max_length=80, blank=True)
    findings = models.JSONField(default=list)
    outcome = models.JSONField(default=dict)
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "sha256"], name="source_file_once")]

    def __str__(self) -> str:
        return self.name


class Requirement(models.Model):
    """A group, a requirement or a reference control of a catalogue. Only imports write it.

    `identifier` is unique in the catalogue; `label` is what the publisher prints for it. `stable_id` stays the same
    across editions where the publisher gives such a thing. `text` and `guidance` are Markdown. `translations`:
    language → {title, text, guidance}. `attributes`: name → list of values. `links`: list of {rel, target, text,
    internal}.
    """

    class Kind(models.TextChoices):
        GROUP = "group", _("group")
        REQUIREMENT = "requirement", _("requirement")
        REFERENCE_CONTROL = "reference_control", _("reference control")
        THREAT = "threat", _("threat")

    kind: ClassVar[str] = "requirement"

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="requirements")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    identifier = models.CharField(_("identifier"), max_length=120)
    label = models.CharField(_("printed identifier"), max_length=120, blank=True)
    stable_id = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=20, choices=Kind.choices, default=Kind.REQUIREMENT)
    position = models.PositiveIntegerField(default=0)
    depth = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=500, blank=True)
    text = models.TextField(_("text"), blank=True)
    guidance = models.TextField(_("guidance"), blank=True)
    translations = models.JSONField(default=dict)
    level = models.CharField(_("level"), max_length=40, blank=True)
    attributes = models.JSONField(default=dict)
    links = models.JSONField(default=list)
    is_withdrawn = models.BooleanField(pgettext_lazy("requirement", "withdrawn"), default=False)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["catalogue", "position"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "identifier"], name="requirement_identifier")]
        indexes = [
            models.Index(fields=["catalogue", "position"], name="requirement_by_position"),
            models.Index(fields=["organisation", "identifier"], name="requirement_by_identifier"),
            models.Index(fields=["organisation", "label"], name="requirement_by_label"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title_text}".strip()

    named_with: ClassVar = ("catalogue",)
    """What `input_text` needs to be fetched along."""

    @property
    def input_text(self) -> str:
        """What names it in forms and sheets: with its catalogue, since two editions may hold the same identifier."""
        return self.identifier if self.catalogue.is_builtin else f"{self.catalogue.code}:{self.identifier}"

    @property
    def ref(self) -> str:
        """What the publisher prints, such as AC-2(2), where it differs from the identifier."""
        return self.label or self.identifier

    @property
    def title_text(self) -> str:
        return self.in_language("title")

    def address(self, organisation: str) -> str:
        """Its page in an organisation, whose code is given; the catalogue must be fetched along."""
        return f"/{organisation}/catalogues/{self.catalogue.code}/{quote(self.identifier, safe='/')}/"

    def in_language(self, name: str) -> str:
        """Title, text or guidance in the language in use, else as the publisher wrote it."""
        return str((self.translations.get(get_language() or "en") or {}).get(name) or getattr(self, name))

    @classmethod
    def open_to(cls, actor: Actor) -> Any:
        """Requirements of the actor's organisation and of the shared catalogues."""
        return cls.objects.filter(shared_or_own(actor), catalogue__withdrawn_on=None)

    @classmethod
    def named(cls, actor: Actor, texts: Iterable[str]) -> dict[str, Any]:
        """Text → requirement: by id, `catalogue:identifier`, or an identifier, stored or printed, of one only. A title
        may follow the identifier.
        """
        texts = list(texts)
        ids = [text for text in texts if is_uuid(text)]
        names = {text: _possible_names(text) for text in texts if not is_uuid(text)}
        wanted = {name for possible in names.values() for name in possible}
        condition = Q(pk__in=ids) | Q(identifier__in=wanted) | Q(label__in=wanted)
        found: dict[str, Any] = {}
        by_name: dict[str, dict[Any, Any]] = {}
        for row in cls.open_to(actor).filter(condition).select_related("catalogue"):
            found[str(row.pk)] = row
            for name in {row.identifier, row.label}:
                by_name.setdefault(name, {})[row.pk] = row
        result = {text: found[text.lower()] for text in ids if text.lower() in found}
        for text, possible in names.items():
            code = text.split(":", 1)[0] if ":" in text else ""
            for name in possible:
                rows_named = [row for row in by_name.get(name, {}).values() if not code or row.catalogue.code == code]
                if rows_named:
                    break
            if len(rows_named) == 1:
                result[text] = rows_named[0]
        return result


def _possible_names(text: str) -> list[str]:
    """What may be the identifier in a text, the longest first: some hold a blank, as “G 0.39” does, others have their
    title behind them."""
    words = text.split(":", 1)[-1].split(" ")
    return [" ".join(words[:count]) for count in (len(words), 2, 1) if count <= len(words)]


class Statement(models.Model):
    """One MUST or SHOULD sentence of a requirement. `verb` is empty where the publisher writes imperatives.

    A sentence that a new edition no longer has is withdrawn, not deleted: answers may refer to it.
    """

    class Verb(models.TextChoices):
        MUST = "MUST", _("MUST")
        MUST_NOT = "MUST_NOT", _("MUST NOT")
        SHOULD = "SHOULD", _("SHOULD")
        SHOULD_NOT = "SHOULD_NOT", _("SHOULD NOT")
        MAY = "MAY", _("MAY")

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    requirement = models.ForeignKey(Requirement, models.CASCADE, related_name="statements")
    number = models.CharField(max_length=140)
    position = models.PositiveIntegerField(default=0)
    verb = models.CharField(max_length=12, choices=Verb, blank=True)
    text = models.TextField()
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["requirement", "number"], name="statement_number")]

    def __str__(self) -> str:
        return self.number


class Profile(Record):
    """What an organisation takes from catalogues: which requirements, without which and why, with which values of
    parameters, and what it adds of its own. Goes out as an OSCAL profile (`catalogues.tailoring`).

    `choices`: id of a catalogue → {"chosen": identifiers, "reasons": identifier → why it is left out}; a catalogue
    without an entry is taken whole. After a carry-over an entry also holds "new": what nobody decided yet in the new
    edition, and in the old one "moved": what was carried, and to which identifier. `values`: id of a parameter → texts.
    `additions`: list of {identifier, title, text, guidance}.
    """

    kind: ClassVar[str] = "profile"
    prefix: ClassVar[str] = "P"

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(
        _("description"), blank=True, max_length=20_000, help_text=_("What it is for, and whom it binds.")
    )
    catalogues = models.ManyToManyField(
        Catalogue,
        through="ProfileCatalogue",
        related_name="profiles",
        blank=True,
        verbose_name=_("catalogues"),
        help_text=_("Identifiers of the catalogues it takes from, parted by commas."),
    )
    choices = models.JSONField(_("chosen requirements"), default=dict, editable=False)
    values = models.JSONField(_("values of parameters"), default=dict, editable=False)
    additions = models.JSONField(_("requirements of one’s own"), default=list, editable=False)

    class Meta(Record.Meta):
        verbose_name = pgettext_lazy("catalogue", "profile")
        verbose_name_plural = pgettext_lazy("catalogue", "profiles")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="profile_by_title"),
        ]

    def chosen_of(self, catalogue: Catalogue, identifiers: Iterable[str]) -> list[str]:
        """Those of the identifiers, which are all that could be chosen, that the profile takes."""
        choice = self.choices.get(str(catalogue.pk))
        if choice is None:
            return list(identifiers)
        chosen = set(choice["chosen"])
        return [identifier for identifier in identifiers if identifier in chosen]

    def reasons_of(self, catalogue: Catalogue) -> dict[str, str]:
        """Identifier → why it is left out, where somebody said so."""
        return dict(self.choices.get(str(catalogue.pk), {}).get("reasons", {}))

    def new_in(self, catalogue: Catalogue) -> list[str]:
        """Identifiers of a new edition that nobody decided yet."""
        return list(self.choices.get(str(catalogue.pk), {}).get("new", ()))


class ProfileCatalogue(Link):
    """A profile takes from a catalogue."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="+")
    catalogue = models.ForeignKey(Catalogue, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "catalogue"], name="one_profile_catalogue")]
