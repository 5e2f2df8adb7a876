"""Addresses relative to an organisation; those below a catalogue stand before that of its requirements."""

from django.urls import path

from ringwall.catalogues.mapping import coverage_views, import_views, views

urlpatterns = [
    path("catalogues/mappings/", views.list_page, name="mappings"),
    path("catalogues/mappings/import/", import_views.upload_page, name="mapping-import"),
    path("catalogues/mappings/import/<uuid:key>/", import_views.preview_page, name="mapping-import-step"),
    path("catalogues/mappings/template.<str:ending>", import_views.template_file, name="mapping-template"),
    path("catalogues/mappings/<str:code>/", views.mapping_page, name="mapping"),
    path("catalogues/mappings/<str:code>/oscal.<str:ending>", views.oscal_file, name="mapping-oscal"),
    path("catalogues/mappings/<str:code>/mapping.xlsx", views.sheet_file, name="mapping-sheet"),
    path("catalogues/mappings/<str:code>/original/", views.original_file, name="mapping-original"),
    path("catalogues/mappings/<str:code>/judge/", views.judge_rows, name="mapping-judge"),
    path("catalogues/mappings/<str:code>/act/<slug:name>/", views.act_page, name="mapping-act"),
    path("catalogues/mappings/<str:code>/rows/<uuid:key>/<slug:name>/", views.pair_page, name="mapping-row"),
    path("catalogues/<str:code>/coverage/", coverage_views.coverage_page, name="catalogue-coverage"),
    path("catalogues/<str:code>/coverage/gaps.<str:ending>", coverage_views.gaps_file, name="catalogue-gaps"),
]
