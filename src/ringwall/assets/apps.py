from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssetsConfig(AppConfig):
    name = "ringwall.assets"
    label = "assets"
    verbose_name = _("Assets")

    def ready(self) -> None:
        from ringwall.assets import home, register  # noqa: F401
