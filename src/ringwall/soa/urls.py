from django.urls import path

from ringwall.soa import views

urlpatterns = [
    path("soa/", views.scopes_page, name="soa"),
    path("soa/<str:ref>/", views.statement_page, name="soa-statement"),
    path("soa/<str:ref>/prepare/", views.prepare, name="soa-prepare"),
    path("soa/<str:ref>/submit/", views.submit, name="soa-submit"),
    path("soa/<str:ref>/import/", views.import_page, name="soa-import"),
]
