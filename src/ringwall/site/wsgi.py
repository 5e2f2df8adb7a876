"""The entry of a web server."""

import gc
import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringwall.site.settings")
application = get_wsgi_application()


def settle() -> None:
    """Load what the first page could do without, and set apart from the search for garbage what lives as long as the
    process: that search took a sixth of the time of a page.
    """
    import ringwall.site.api  # noqa: F401

    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


_later = threading.Timer(3.0, settle)
_later.daemon = True
_later.start()
