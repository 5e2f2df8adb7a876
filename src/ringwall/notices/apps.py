from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "ringwall.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from ringwall.notices import jobs, register  # noqa: F401
