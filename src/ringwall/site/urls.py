"""The URL map of the whole product."""

from django.http import HttpRequest
from django.urls import URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern

from ringwall.administration import urls as administration
from ringwall.approvals import urls as approvals
from ringwall.catalogues import urls as catalogues
from ringwall.compliance import urls as compliance
from ringwall.evidence import urls as evidence
from ringwall.exchange import urls as exchange
from ringwall.improvement import urls as improvement
from ringwall.incidents import urls as incidents
from ringwall.kit import reporting
from ringwall.kit.middleware import error_page
from ringwall.kit.urls import register_urls
from ringwall.notices import urls as notices
from ringwall.risk import urls as risk
from ringwall.risk.plan import urls as treatment_plan
from ringwall.search import urls as search
from ringwall.site import changes, ledger_views, views, word_template
from ringwall.soa import urls as soa
from ringwall.tasks import urls as tasks


class Later(URLResolver):
    """Loads its part of the map when an address or a name of it is first asked for, not with the first page: making the
    operations of the API takes a third of the time to it.
    """

    def _populate(self) -> None:
        """Gives the map around it no names: all of its own are asked for by its namespace."""


FEATURES = (
    administration,
    approvals,
    catalogues,
    compliance,
    evidence,
    exchange,
    improvement,
    incidents,
    notices,
    risk,
    search,
    soa,
    tasks,
    treatment_plan,
)

urlpatterns = [
    path("", views.start, name="start"),
    Later(RoutePattern("api/v1/"), "ringwall.site.api", app_name="ninja", namespace="api"),
    re_path(r"^api(?:/|$)", views.no_operation, name="api-nothing"),
    *administration.open_urlpatterns,
    *notices.open_urlpatterns,
    *tasks.open_urlpatterns,
    path("accounts/email/", views.closed, name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("settings/language/", views.language, name="language"),
    path("settings/appearance/", views.appearance, name="appearance"),
    path(
        "<slug:organisation>/",
        include(
            [
                path("", views.home, name="home"),
                path("jobs/<uuid:key>/", views.job_page, name="job"),
                path("jobs/<uuid:key>/cancel/", views.job_cancel, name="job-cancel"),
                path("jobs/<uuid:key>/again/", views.job_again, name="job-again"),
                path("jobs/<uuid:key>/file/", views.job_file, name="job-file"),
                path("settings/word-template/", word_template.page, name="word-template"),
                path("settings/word-template/download/", word_template.download, name="word-template-download"),
                path("changes/", changes.changes, name="changes"),
                path("changes/seen/", changes.seen, name="changes-seen"),
                path("ledger/", ledger_views.ledger_page, name="ledger"),
                path("ledger/export/", ledger_views.ledger_export, name="ledger-export"),
                path("ledger/verify/", ledger_views.ledger_verify, name="ledger-verify"),
                path("reports/<slug:name>/<str:ref>/", reporting.report_of_whole, name="report"),
                *(pattern for feature in FEATURES for pattern in feature.urlpatterns),
                *register_urls(),
            ]
        ),
    ),
]


def not_found(request: HttpRequest, exception: Exception) -> object:
    if request.path.startswith("/api/"):
        return views.no_operation(request)
    return error_page(request, 404, str(views.NOT_FOUND_TITLE), str(views.NOT_FOUND_TEXT))


def failed(request: HttpRequest) -> object:
    return error_page(request, 500, str(views.FAILED_TITLE), str(views.FAILED_TEXT))


handler404 = not_found
handler500 = failed
