from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "ringwall.compliance"
    label = "compliance"
    verbose_name = _("Checks")

    def ready(self) -> None:
        from ringwall.compliance import carrying, counting, home, register, used  # noqa: F401
