"""Findings with their corrective actions and checks, exceptions, improvements (27001 clause 10): Django looks here."""

from ringwall.improvement.models.corrective import ActionState, CorrectiveAction, EffectivenessCheck
from ringwall.improvement.models.exceptions import (
    AuthorisedException,
    ExceptionControl,
    ExceptionLevel,
    ExceptionRequirement,
    ExceptionState,
)
from ringwall.improvement.models.findings import Category, Finding, FindingRequirement, Method, Source, State
from ringwall.improvement.models.improvements import Improvement, ImprovementState

__all__ = [
    "ActionState",
    "AuthorisedException",
    "Category",
    "CorrectiveAction",
    "EffectivenessCheck",
    "ExceptionControl",
    "ExceptionLevel",
    "ExceptionRequirement",
    "ExceptionState",
    "Finding",
    "FindingRequirement",
    "Improvement",
    "ImprovementState",
    "Method",
    "Source",
    "State",
]
