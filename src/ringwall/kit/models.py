"""Django looks for models here; the kit's stand where their story is told."""

from ringwall.kit.drafts import ImportDraft
from ringwall.kit.jobs import Job
from ringwall.kit.records import Counter, SavedView

__all__ = ["Counter", "ImportDraft", "Job", "SavedView"]
