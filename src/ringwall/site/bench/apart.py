"""Work measured in a process of its own, without its start-up: `python -m ringwall.site.bench.apart NAME [ARGUMENTS]`.

Prints one JSON object with what the work tells of itself.
"""

import json
import os
import subprocess
import sys
from importlib import import_module
from typing import Any


class Failed(Exception):
    """The process ended with an error; the text is its last words."""


def apart(work: str, *arguments: str) -> dict[str, Any]:
    """Call the function `work` (module:name) of another process with these words."""
    command = [sys.executable, "-W", "ignore", "-m", "ringwall.site.bench.apart", work, *arguments]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True)  # noqa: S603 - written above
    if done.returncode:
        raise Failed(done.stderr.strip().rpartition("\n")[2][-400:] or f"ended with code {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> int:
    import django

    django.setup()
    module, _colon, name = sys.argv[1].partition(":")
    print(json.dumps(getattr(import_module(module), name)(*sys.argv[2:])))
    return 0


def peak_mb() -> float:
    """The most memory this process has held so far, in MB."""
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main())
