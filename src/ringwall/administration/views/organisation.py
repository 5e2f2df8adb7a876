"""Settings of the organisation."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ringwall.administration.actions import organisation
from ringwall.administration.views.pages import ActForm, actor_of, address
from ringwall.kit.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def organisation_page(request: ActorRequest) -> HttpResponse:
    return ActForm(
        organisation.update,
        address(request, "settings/organisation/"),
        _("Organisation"),
        _("Store changes"),
        subject=actor_of(request).organisation,
        done=_("Settings stored."),
    ).respond(request)
