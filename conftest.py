"""Settings of the whole test suite."""

from hypothesis import HealthCheck, settings

# A busy machine must not fail a test: no property is timed.
settings.register_profile("ringwall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ringwall")
