"""The pages of administration as the site hangs them in."""

from django.urls import include, path

from ringwall.administration.urls import open_urlpatterns
from ringwall.administration.urls import urlpatterns as own

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    *open_urlpatterns,
    path("<slug:organisation>/", include(own)),
]
