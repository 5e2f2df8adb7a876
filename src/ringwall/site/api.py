"""The API as a whole: one address, one way to sign in, one form of error."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ringwall.kit.api import TokenAuth, act_problem, build, problem
from ringwall.kit.errors import ActError

api = NinjaAPI(
    title="Ringwall",
    version="1",
    description="Registers, actions and statements of an information security management system.",
    auth=TokenAuth(),
    docs_url=None,
    urls_namespace="api",
)


@api.exception_handler(ActError)
def refused(request: HttpRequest, error: ActError) -> HttpResponse:
    return act_problem(error)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401, _("No valid token"), _("Send a valid token in the header Authorization, as Bearer."))


@api.exception_handler(ValidationError)
def misformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for found in error.errors:
        path = ".".join(str(part) for part in found["loc"] if part not in ("body", "query", "given"))
        errors.setdefault(path, []).append(str(found["msg"]))
    return problem(422, _("Some values are not valid"), _("See the errors by field."), errors)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error), str(error))


@api.exception_handler(Http404)
def nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("There is nothing here"), _("It does not exist, or you have no access to it."))


build(api)
