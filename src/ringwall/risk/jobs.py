"""What the feature listens to: levels that came with a risk become an assessment of the same act."""

from ringwall.kit import registry
from ringwall.kit.acts import Act
from ringwall.risk.models import Risk


@registry.listener
def save_what_follows(act: Act) -> None:
    """Store the assessments that form, API or sheet gave with the risks, and the acceptances that a worse one ended."""
    followers = []
    for row in act.saved:
        if isinstance(row, Risk):
            if (assessment := row.__dict__.pop("_assessment", None)) is not None:
                assessment.by_id = act.actor.person_id
                followers.append(assessment)
            followers += row.__dict__.pop("_ended", [])
    if followers:
        act.save_many(followers)
