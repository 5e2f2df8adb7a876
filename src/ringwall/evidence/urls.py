"""Addresses relative to an organisation."""

from django.urls import path

from ringwall.evidence import views

urlpatterns = [
    path("evidence/", views.all_evidence, name="evidence"),
    path("evidence/of/<slug:kind>/<str:ref>/", views.record_evidence, name="evidence-of"),
    path("evidence/<uuid:key>/", views.download, name="evidence-file"),
    path("evidence/<uuid:key>/withdraw/", views.withdraw, name="evidence-withdraw"),
]
