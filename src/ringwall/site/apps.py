from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Last in the order of start: by now every feature has registered what it has."""

    name = "ringwall.site"
    label = "site"

    def ready(self) -> None:
        from ringwall.kit import registry, reporting  # noqa: F401 - the worker needs to know the jobs
        from ringwall.site import ledger_views, word_template  # noqa: F401
        from ringwall.site.roles import register_roles

        register_roles()
        registry.spoken.append("ringwall.site.reporting_api.add_to")
