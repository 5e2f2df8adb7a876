from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    name = "ringwall.catalogues.mapping"
    label = "mapping"
    verbose_name = _("Mappings")

    def ready(self) -> None:
        from ringwall.catalogues.mapping import places  # noqa: F401
        from ringwall.kit import registry

        registry.spoken.append("ringwall.catalogues.mapping.api.speak")
