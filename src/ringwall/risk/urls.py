"""Addresses relative to an organisation. None of them can be taken for a record of a register."""

from django.urls import path

from ringwall.risk import views

urlpatterns = [
    path("risk-matrix/", views.matrix_page, name="risk-matrix"),
    path("risk-criteria/<str:ref>/scales/", views.criteria_editor, name="criteria-editor"),
]
