"""`urlpatterns` are relative to an organisation."""

from django.urls import path

from ringwall.notices.views import notices

urlpatterns = [
    path("notices/", notices.notices_page, name="notices"),
    path("notices/read/", notices.read, name="notices-read"),
]
