from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "ringwall.administration"
    label = "administration"
    verbose_name = _("Administration")

    def ready(self) -> None:
        from ringwall.administration import register  # noqa: F401
