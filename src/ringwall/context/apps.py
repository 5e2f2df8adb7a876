from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContextConfig(AppConfig):
    name = "ringwall.context"
    label = "context"
    verbose_name = _("Context")

    def ready(self) -> None:
        from ringwall.context import register  # noqa: F401
