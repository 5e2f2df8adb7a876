"""Django looks for models here; the kit's stand where their story is told."""

from ringwall.kit.drafts import ImportDraft
from ringwall.kit.jobs import Job
from ringwall.kit.records import Counter, SavedView
from ringwall.kit.routines import Round

__all__ = ["Counter", "ImportDraft", "Job", "Round", "SavedView"]
