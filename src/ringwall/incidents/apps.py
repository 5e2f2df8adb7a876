from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "ringwall.incidents"
    label = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        from ringwall.incidents import home, panels, register, reports  # noqa: F401
