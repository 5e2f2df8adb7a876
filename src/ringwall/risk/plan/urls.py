from django.urls import path

from ringwall.risk.plan import views

urlpatterns = [
    path("treatment-plan/", views.scopes_page, name="treatment-plans"),
    path("treatment-plan/<str:ref>/", views.plan_page, name="treatment-plan"),
    path("treatment-plan/<str:ref>/submit/", views.submit, name="treatment-plan-submit"),
]
