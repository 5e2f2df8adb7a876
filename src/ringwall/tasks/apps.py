from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "ringwall.tasks"
    label = "tasks"
    verbose_name = _("Tasks")

    def ready(self) -> None:
        from ringwall.kit import registry
        from ringwall.tasks import jobs, register  # noqa: F401

        registry.spoken.append("ringwall.tasks.api.add_to")
