"""Findings with their corrective actions and checks, exceptions, improvements (27001 clause 10), for Django to find."""

from ringwall.improvement.stored.corrective import ActionState, CorrectiveAction, EffectivenessCheck
from ringwall.improvement.stored.exceptions import (
    AuthorisedException,
    ExceptionControl,
    ExceptionLevel,
    ExceptionRequirement,
    ExceptionState,
)
from ringwall.improvement.stored.findings import Category, Finding, FindingRequirement, Method, Source, State
from ringwall.improvement.stored.improvements import Improvement, ImprovementState

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
