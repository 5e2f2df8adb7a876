from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    name = "ringwall.risk"
    label = "risk"
    verbose_name = _("Risk")

    def ready(self) -> None:
        from ringwall.risk import api, home, jobs, panels, register  # noqa: F401
        from ringwall.risk.plan import places  # noqa: F401
