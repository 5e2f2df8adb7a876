"""Addresses relative to an organisation; `open_urlpatterns` stand at the root, for who comes by a link in a mail."""

from django.urls import path

from ringwall.tasks import letters, views

urlpatterns = [
    path("tasks/", views.my_week, name="my-tasks"),
    path("tasks/people/", views.my_people, name="tasks-people"),
    path("tasks/of/<slug:kind>/<str:ref>/new/", views.new_task, name="task-new"),
    path("tasks/<uuid:key>/", views.task_page, name="task"),
    path("tasks/<uuid:key>/done/", views.done, name="task-done"),
    path("tasks/<uuid:key>/step/", views.tick, name="task-step"),
    path("tasks/<uuid:key>/comment/", views.comment, name="task-comment"),
    path("tasks/<uuid:key>/reassign/", views.reassign, name="task-reassign"),
    path("tasks/<uuid:key>/cancel/", views.cancel, name="task-cancel"),
]

open_urlpatterns = [path("letter/task/<str:token>/", letters.letter, name="task-letter")]
