"""Addresses relative to an organisation."""

from django.urls import path

from ringwall.compliance import views

urlpatterns = [
    path("checks/<str:ref>/interview/", views.interview_page, name="check-interview"),
    path("checks/<str:ref>/all/", views.all_page, name="check-all"),
    path("checks/<str:ref>/spreadsheet/", views.spreadsheet, name="check-spreadsheet"),
    path("checks/<str:ref>/report/", views.report, name="check-report"),
    path("checks/<str:ref>/import/", views.import_page, name="check-import"),
    path("checks/<str:ref>/import/<uuid:key>/", views.preview_page, name="check-preview"),
]
