"""Addresses relative to an organisation."""

from django.urls import path

from ringwall.tasks import views

urlpatterns = [
    path("tasks/", views.my_tasks, name="my-tasks"),
    path("tasks/of/<slug:kind>/<str:ref>/new/", views.new_task, name="task-new"),
    path("tasks/<uuid:key>/done/", views.done, name="task-done"),
    path("tasks/<uuid:key>/cancel/", views.cancel, name="task-cancel"),
]
