"""The request that a view under an organisation's address gets. Only a type: Django makes the request, the middleware
adds to it.
"""

from django.http import HttpRequest

from ringwall.access.models import User
from ringwall.access.policy import Actor


class ActorRequest(HttpRequest):
    """A request that has passed `ActorMiddleware`: somebody signed in, acting in the organisation of the address."""

    user: User
    actor: Actor
