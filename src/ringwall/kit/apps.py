from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "ringwall.kit"
    label = "kit"
