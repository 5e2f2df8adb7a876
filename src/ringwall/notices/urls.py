"""`urlpatterns` are relative to an organisation; `open_urlpatterns` stand at the root, for who comes by a link."""

from django.urls import path

from ringwall.notices.views import calendar, mail, notices

urlpatterns = [
    path("notices/", notices.notices_page, name="notices"),
    path("notices/read/", notices.read, name="notices-read"),
]

open_urlpatterns = [
    path("calendar/<str:secret>.ics", calendar.calendar, name="calendar-feed"),
    path("mail/<str:token>/", mail.settings_page, name="mail-habit"),
    path("mail/<str:token>/off/", mail.off, name="mail-off"),
]
