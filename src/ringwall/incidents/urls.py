"""Addresses relative to an organisation."""

from django.urls import path

from ringwall.incidents import views
from ringwall.kit.reporting import report_of_record

urlpatterns = [
    path("report-event/", views.report_page, name="event-report"),
    path("report-event/thanks/", views.thanks_page, name="event-thanks"),
    path("incidents/<str:ref>/notify/<uuid:key>/", views.notify_page, name="incident-notify"),
    path("incidents/<str:ref>/report/", report_of_record, {"name": "incident"}, name="incident-report"),
]
