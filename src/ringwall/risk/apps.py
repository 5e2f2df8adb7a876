from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    name = "ringwall.risk"
    label = "risk"
    verbose_name = _("Risk")

    def ready(self) -> None:
        from ringwall.kit import registry
        from ringwall.risk import home, jobs, panels, register  # noqa: F401

        registry.spoken.append("ringwall.risk.api.add_operations")
        from ringwall.risk.plan import places  # noqa: F401
