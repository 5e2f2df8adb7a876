"""The command line in processes of its own, on a data directory of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[4]


class Shell:
    """Runs `ringwall` with a data directory of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.sign_ins: dict[str, dict[str, str]] = {}
        kept = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
        }
        self.environment = {**kept, "RINGWALL_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "ringwall.site.cli", *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "ignore", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)

    def json(self, *arguments: str, code: int = 0) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout)
