"""Addresses relative to an organisation."""

from django.urls import path

from ringwall.improvement import views

urlpatterns = [
    path("findings/new/", views.new_finding, name="finding-new"),
    path("exceptions/ask/", views.ask_for_exception, name="exception-ask"),
    path("improvements/suggest/", views.suggest_improvement, name="improvement-suggest"),
    path("findings/about/<slug:kind>/<str:ref>/new/", views.new_finding, name="finding-about-new"),
]
