"""Addresses relative to an organisation."""

from django.urls import path

from ringwall.catalogues import compare_views, knowledge_views, tailoring_new, tailoring_views, views
from ringwall.catalogues.carryover import urls as carryover
from ringwall.catalogues.mapping import urls as mapping

urlpatterns = [
    *carryover.urlpatterns,
    *mapping.urlpatterns,
    path("catalogues/", views.list_page, name="catalogues"),
    path("catalogues/import/", views.import_page, name="catalogue-import"),
    path("catalogues/template.<str:ending>", views.template_file, name="catalogue-template"),
    path("catalogues/<str:code>/", views.catalogue_page, name="catalogue"),
    path("catalogues/<str:code>/catalogue.xlsx", views.sheet_file, name="catalogue-sheet"),
    path("catalogues/<str:code>/oscal.<str:ending>", views.oscal_file, name="catalogue-oscal"),
    path("catalogues/<str:code>/compare/", compare_views.compare_page, name="catalogue-compare"),
    path("catalogues/<str:code>/original/<str:sha256>/", views.original_file, name="catalogue-original"),
    path("catalogues/<str:code>/<path:identifier>/", views.requirement_page, name="requirement"),
    path("profiles/<str:ref>/tailor/<str:code>/", tailoring_views.tailor_page, name="profile-tailor"),
    path("profiles/<str:ref>/tailor/<str:code>/new/", tailoring_new.decide_page, name="profile-decide"),
    path("profiles/<str:ref>/tree/", tailoring_views.tree_page, name="profile-tree"),
    path("profiles/<str:ref>/tree/<path:identifier>/", tailoring_views.requirement_page, name="profile-requirement"),
    path("profiles/<str:ref>/oscal.<str:ending>", tailoring_views.oscal_file, name="profile-oscal"),
    path("knowledge/", knowledge_views.overview_page, name="knowledge"),
    path("knowledge/<slug:chapter>/", knowledge_views.chapter_page, name="knowledge-chapter"),
    path("knowledge/steps/<int:number>/", knowledge_views.step_page, name="knowledge-step"),
]
