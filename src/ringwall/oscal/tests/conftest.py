"""Properties are judged by what they find, not by the time a busy machine takes for an example."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
