from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotesConfig(AppConfig):
    name = "ringwall.catalogues.notes"
    label = "notes"
    verbose_name = _("Notes on requirements")

    def ready(self) -> None:
        from ringwall.catalogues.notes import register  # noqa: F401
