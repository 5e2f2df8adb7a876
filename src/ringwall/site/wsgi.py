"""The entry of a web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringwall.site.settings")
application = get_wsgi_application()

# What is loaded now lives as long as the process; looking for garbage in it took a sixth of the time of a page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
