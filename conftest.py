"""Settings of the whole test suite."""

import atexit
import os
import shutil
import tempfile

from hypothesis import HealthCheck, settings

# Keys and files that tests make belong to no data directory of anybody.
if "RINGWALL_DATA" not in os.environ:
    os.environ["RINGWALL_DATA"] = tempfile.mkdtemp(prefix="ringwall-tests-")
    atexit.register(shutil.rmtree, os.environ["RINGWALL_DATA"], ignore_errors=True)

# A busy machine must not fail a test: no property is timed.
settings.register_profile("ringwall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ringwall")
