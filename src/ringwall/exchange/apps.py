from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "ringwall.exchange"
    label = "exchange"
    verbose_name = _("OSCAL documents")

    def ready(self) -> None:
        from ringwall.exchange import places  # noqa: F401
        from ringwall.kit import registry

        registry.spoken.append("ringwall.exchange.api.add")
