"""All addresses of the product with those of this feature, wherever they are wired."""

from django.urls import include, path

from ringwall.evidence.urls import urlpatterns as own
from ringwall.site import urls as site

urlpatterns = [path("<slug:organisation>/", include(own)), *site.urlpatterns]
handler404, handler500 = site.handler404, site.handler500
