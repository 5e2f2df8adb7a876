"""Addresses relative to an organisation."""

from django.urls import path

from ringwall.exchange import views

urlpatterns = [
    path("oscal/<str:ref>/import/", views.import_page, name="oscal-import"),
    path("oscal/<str:ref>/import/<uuid:key>/", views.preview_page, name="oscal-preview"),
    path("oscal/<str:ref>/<slug:document>.<str:ending>", views.document_file, name="oscal-document"),
]
