"""Kinds of notices, and which of them cannot wait for the next digest."""

from typing import Final

MENTION: Final = "mention"
ASSIGNED: Final = "assigned"
ESCALATION: Final = "escalation"
INCIDENT_CLOCK: Final = "incident_clock"
DECISION: Final = "decision"
HANDED_OVER: Final = "handed_over"
EMERGENCY: Final = "emergency"

IMMEDIATE: Final = frozenset({ESCALATION, INCIDENT_CLOCK, DECISION, EMERGENCY})
"""An incident whose clock runs, a decision that waits for top management, work that is late for long, a sign-in by the
emergency account: told at once.
"""
