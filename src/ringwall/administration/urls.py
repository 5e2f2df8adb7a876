"""`urlpatterns` are relative to an organisation; `open_urlpatterns` stand at the root, for who is not signed in."""

from django.urls import path

from ringwall.administration.views import (
    account,
    assignments,
    calendar,
    handover,
    identity,
    mail,
    organisation,
    people,
    sign_in,
    tokens,
    units,
    webhooks,
)
from ringwall.administration.views.welcome import welcome

urlpatterns = [
    path("settings/people/", people.people_page, name="people"),
    path("settings/people/new/", people.new_page, name="person-new"),
    path("settings/people/<uuid:key>/", people.person_page, name="person"),
    path("settings/people/<uuid:key>/hand-over/", handover.hand_over_page, name="person-hand-over"),
    path("settings/people/<uuid:key>/<slug:name>/", people.act_page, name="person-act"),
    path("settings/units/", units.units_page, name="units"),
    path("settings/units/new/", units.new_page, name="unit-new"),
    path("settings/units/<uuid:key>/<slug:name>/", units.act_page, name="unit-act"),
    path("settings/roles/", assignments.assignments_page, name="assignments"),
    path("settings/roles/new/", assignments.new_page, name="assignment-new"),
    path("settings/roles/<uuid:key>/end/", assignments.end_page, name="assignment-end"),
    path("settings/who-may-what/", assignments.who_may_what, name="who-may-what"),
    path("settings/tokens/", tokens.tokens_page, name="tokens"),
    path("settings/tokens/new/", tokens.new_page, name="token-new"),
    path("settings/tokens/<uuid:key>/revoke/", tokens.revoke_page, name="token-revoke"),
    path("settings/organisation/", organisation.organisation_page, name="organisation"),
    path("settings/identity/", identity.identity_page, name="identity"),
    path("settings/identity/edit/", identity.edit_page, name="identity-edit"),
    path("settings/identity/test/", identity.test, name="identity-test"),
    path("settings/identity/seal/", identity.seal_page, name="identity-seal"),
    path("settings/identity/groups/new/", identity.give_page, name="identity-give"),
    path("settings/identity/groups/end/", identity.take_page, name="identity-take"),
    path("settings/mail/", mail.mail_page, name="mail"),
    path("settings/mail/edit/", mail.edit_page, name="mail-edit"),
    path("settings/mail/test/", mail.test_page, name="mail-test"),
    path("settings/mail/drop/", mail.drop, name="mail-drop"),
    path("settings/webhooks/", webhooks.webhooks_page, name="webhooks"),
    path("settings/webhooks/new/", webhooks.new_page, name="webhook-new"),
    path("settings/webhooks/calls/<uuid:key>/", webhooks.delivery_page, name="webhook-call"),
    path("settings/webhooks/<uuid:key>/", webhooks.webhook_page, name="webhook"),
    path("settings/webhooks/<uuid:key>/test/", webhooks.test, name="webhook-test"),
    path("settings/webhooks/<uuid:key>/<slug:name>/", webhooks.act_page, name="webhook-act"),
    path("account/calendar/", calendar.renew_page, name="account-calendar"),
    path("account/calendar/revoke/", calendar.revoke_page, name="account-calendar-revoke"),
    path("account/mail/", mail.habit_page, name="account-mail"),
    path("account/", account.account_page, name="account"),
    path("account/edit/", account.edit_page, name="account-edit"),
    path("account/tokens/new/", account.new_token_page, name="account-token-new"),
    path("account/tokens/<uuid:key>/revoke/", account.revoke_token_page, name="account-token-revoke"),
]

open_urlpatterns = [
    path("welcome/<str:token>/", welcome, name="welcome"),
    path("accounts/identity/<uuid:key>/", sign_in.begin, name="identity-begin"),
    path("accounts/identity/<uuid:key>/callback/", sign_in.callback, name="identity-callback"),
    path("accounts/identity/<uuid:key>/logout/", sign_in.ended_there, name="identity-logout"),
    path("accounts/logout/", sign_in.sign_out, name="account_logout"),
]
