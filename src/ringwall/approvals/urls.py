from django.urls import path

from ringwall.approvals import views

urlpatterns = [
    path("versions/<uuid:key>/", views.version_page, name="version"),
    path("versions/<uuid:key>/answer/", views.answer, name="version-answer"),
    path("versions/<uuid:key>/recall/", views.recall, name="version-recall"),
]
