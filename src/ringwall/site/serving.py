"""One command, two kinds of process: the web server, and one worker that is started again when it dies."""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, connections

from ringwall.kit.drafts import forget_old_drafts
from ringwall.kit.jobs import reap
from ringwall.kit.routines import call_due
from ringwall.kit.statistics import refresh_statistics
from ringwall.ledger.actions import checkpoint_all
from ringwall.site.commands.installation import prepare_database
from ringwall.site.web import start

log = logging.getLogger(__name__)

TICK = 1.0
REAP_EVERY = 20.0
CALL_EVERY = 15.0
SIGN_EVERY = 600.0
LONGEST_PAUSE = 30.0


class Worker:
    """Keeps one worker process alive; waits longer after each death in a row, a locked database being the usual
    cause.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.pause = 1.0
        self.start_at = 0.0

    def watch(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        if self.process is not None:
            lived = now - self.start_at
            self.pause = 1.0 if lived > LONGEST_PAUSE else min(self.pause * 2, LONGEST_PAUSE)
            self.process, self.start_at = None, now + self.pause
        if now >= self.start_at:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ringwall.site.cli", "worker"], stdin=subprocess.DEVNULL
            )
            self.start_at = now

    def end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _look_after(what: str, *duties: Callable[[], object]) -> None:
    """A database that is locked for long must not end the server: what was not done is done with the next call."""
    try:
        for duty in duties:
            duty()
    except DatabaseError as error:
        log.warning("%s: %s", what, error)


def serve(host: str, port: int, workers: int, early: "subprocess.Popen[bytes] | None" = None) -> int:
    """Serve until a signal ends it, by the server that was started early where there is one. Returns its exit code."""
    prepare_database()
    refresh_statistics()
    connections.close_all()
    web = early or start(host, port, workers)
    worker = Worker()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    reaped_at = called_at = signed_at = time.monotonic()
    try:
        while not over.is_set() and web.poll() is None:
            worker.watch()
            now = time.monotonic()
            if now - reaped_at > REAP_EVERY:
                reaped_at = now
                _look_after("lost jobs could not be looked for", reap, forget_old_drafts)
            if now - called_at > CALL_EVERY:
                called_at = now
                _look_after("routines could not be queued", call_due)
            if now - signed_at > SIGN_EVERY:
                signed_at = now
                _look_after("the ledger could not be signed", checkpoint_all, refresh_statistics)
            over.wait(TICK)
    finally:
        web.terminate()
        worker.end()
        code = web.wait()
        checkpoint_all()
        connections.close_all()
    return 0 if over.is_set() else code
