from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImprovementConfig(AppConfig):
    name = "ringwall.improvement"
    label = "improvement"
    verbose_name = _("Improvement")

    def ready(self) -> None:
        from ringwall.kit import registry

        registry.spoken.append("ringwall.improvement.api.add_to")
        from ringwall.improvement import (  # noqa: F401
            debts,
            exception_panels,
            exception_register,
            home,
            improvement_register,
            jobs,
            panels,
            register,
        )
