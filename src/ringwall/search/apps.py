from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "ringwall.search"
    label = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from ringwall.search import register  # noqa: F401
