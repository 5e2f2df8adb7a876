"""Addresses relative to an organisation; they stand before that of a catalogue's requirements."""

from django.urls import path

from ringwall.catalogues.carryover import views

urlpatterns = [
    path("catalogues/carry-overs/", views.list_page, name="carry-overs"),
    path("catalogues/carry-overs/new/", views.start_page, name="carry-over-new"),
    path("catalogues/carry-overs/<uuid:key>/", views.worklist_page, name="carry-over"),
    path("catalogues/carry-overs/<uuid:key>/rows/", views.decide_rows, name="carry-over-rows"),
    path("catalogues/carry-overs/<uuid:key>/act/<slug:name>/", views.act_page, name="carry-over-act"),
]
