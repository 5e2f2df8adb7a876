from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SoaConfig(AppConfig):
    name = "ringwall.soa"
    label = "soa"
    verbose_name = _("Statement of applicability")

    def ready(self) -> None:
        from ringwall.kit import registry
        from ringwall.soa import carrying, following, freezing, places, register, reports, used  # noqa: F401

        registry.spoken.append("ringwall.soa.api.add")
