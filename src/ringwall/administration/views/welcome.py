"""The letter page behind a one-time link: a new person sets the password and goes on to the sign-in."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ringwall.access.models import Organisation, User
from ringwall.administration.links import Welcome, read_token


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=gettext_lazy("The same again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user
        self.fields["password"].help_text = " ".join(map(str, password_validators_help_texts()))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (password := values.get("password")) is None:
            return values
        if password != values.get("again"):
            self.add_error("again", _("The two passwords differ."))
        try:
            validate_password(password, self.user)
        except ValidationError as error:
            self.add_error("password", error)
        return values


@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    found = read_token(token)
    if found is None:
        return render(request, "administration/welcome_over.html", status=410)
    translation.activate(found.user.language)
    organisation = Organisation.objects.filter(pk=found.organisation).first()
    form = PasswordForm(found.user, request.POST if request.method == "POST" else None)
    if found.sets_password and request.method == "POST" and form.is_valid() and _set_password(found, token, form):
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect(reverse("account_login"))
    context = {
        "form": form if found.sets_password else None,
        "person": found.user,
        "organisation": organisation,
        "login_url": reverse("account_login"),
    }
    return render(request, "administration/welcome.html", context, status=422 if form.errors else 200)


welcome.is_open = True  # type: ignore[attr-defined]


def _set_password(found: Welcome, token: str, form: PasswordForm) -> bool:
    """False where the same link was used at the same moment: the row is locked and the link read once more."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=found.user.pk)
        if read_token(token) is None:
            form.add_error(None, _("This link was used a moment ago."))
            return False
        user.set_password(form.cleaned_data["password"])
        user.save(update_fields=["password"])
        # Who holds the link got it at this address, from somebody who answers for it.
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return True
