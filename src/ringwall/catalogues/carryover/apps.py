from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CarryOverConfig(AppConfig):
    name = "ringwall.catalogues.carryover"
    label = "carryover"
    verbose_name = _("Carrying over")

    def ready(self) -> None:
        from ringwall.catalogues.carryover import places  # noqa: F401
        from ringwall.kit import registry

        registry.spoken.append("ringwall.catalogues.carryover.api.speak")
