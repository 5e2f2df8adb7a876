from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "ringwall.approvals"
    label = "approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        from ringwall.approvals import places  # noqa: F401
        from ringwall.kit import registry

        registry.spoken.append("ringwall.approvals.api.add_to")
