"""All addresses of the product with those of this feature, wherever they are wired."""

from django.urls import include, path

from ringwall.site import urls as site
from ringwall.tasks.urls import urlpatterns as own

urlpatterns = [path("<slug:organisation>/", include(own)), *site.urlpatterns]
handler404, handler500 = site.handler404, site.handler500
