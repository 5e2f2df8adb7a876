"""Addresses relative to an organisation."""

from django.urls import path

from ringwall.search import views

urlpatterns = [path("search/", views.search_page, name="search")]
