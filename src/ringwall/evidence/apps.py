from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "ringwall.evidence"
    label = "evidence"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        from ringwall.evidence import jobs, register  # noqa: F401
        from ringwall.kit import registry

        registry.spoken.append("ringwall.evidence.api.add_to")
