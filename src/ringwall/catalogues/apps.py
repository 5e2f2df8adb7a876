from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CataloguesConfig(AppConfig):
    name = "ringwall.catalogues"
    label = "catalogues"
    verbose_name = _("Catalogues")

    def ready(self) -> None:
        from ringwall.catalogues import finding, glossary, register, tailoring_carrying, tailoring_register  # noqa: F401
        from ringwall.kit import registry

        registry.spoken += ["ringwall.catalogues.api.speak", "ringwall.catalogues.tailoring_api.speak"]
