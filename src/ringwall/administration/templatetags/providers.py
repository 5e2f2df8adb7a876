"""The ways to sign in that stand on the sign-in page beside the password."""

from django import template

from ringwall.administration.queries import offered_providers

register = template.Library()
register.simple_tag(offered_providers, name="offered_providers")
