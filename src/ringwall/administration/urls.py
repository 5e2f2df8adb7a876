"""`urlpatterns` are relative to an organisation; `open_urlpatterns` stand at the root, for who is not signed in."""

from django.urls import path

from ringwall.administration.views import (
    account,
    assignments,
    calendar,
    handover,
    mail,
    organisation,
    people,
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

open_urlpatterns = [path("welcome/<str:token>/", welcome, name="welcome")]
