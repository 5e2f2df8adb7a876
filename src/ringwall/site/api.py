"""The API as a whole: one address, one way to sign in, one form of error."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from ringwall.kit.api import TokenAuth, build
from ringwall.kit.errors import ActError, NoSpace
from ringwall.kit.problems import PROBLEM, act_problem, problem


class Api(NinjaAPI):
    """Describes failures as what they are: problem details (RFC 9457), not plain JSON."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(**options)
        for methods in described["paths"].values():
            for operation in methods.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):
                        response["content"] = {PROBLEM: response["content"]["application/json"]}
        return described


api = Api(
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


@api.exception_handler(DatabaseError)
@api.exception_handler(OSError)
def unstored(request: HttpRequest, error: Exception) -> HttpResponse:
    if (told := NoSpace.of(error)) is None:
        raise error
    return act_problem(told)


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


@api.exception_handler(SuspiciousOperation)
def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        return problem(413, _("Too large"), _("The request is larger than this server takes. Send less at once."))
    return problem(400, _("The request cannot be read"), str(error))


build(api)
urlpatterns = api.urls[0]
