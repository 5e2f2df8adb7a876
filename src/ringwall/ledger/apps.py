from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from ringwall.ledger import checks, triggers


class LedgerConfig(AppConfig):
    name = "ringwall.ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        checks.register()
        post_migrate.connect(triggers.install_after_migrate, sender=self, dispatch_uid="ledger.triggers")
