from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ControlsConfig(AppConfig):
    name = "ringwall.controls"
    label = "controls"
    verbose_name = _("Controls")

    def ready(self) -> None:
        from ringwall.controls import carrying, jobs, register  # noqa: F401
