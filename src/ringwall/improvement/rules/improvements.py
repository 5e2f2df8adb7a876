"""An improvement: an idea from anybody, decided with a reason, carried out with an outcome (10.1). Pure."""

SUGGESTED, ACCEPTED, DECLINED, DONE = "suggested", "accepted", "declined", "done"
FOLLOWS = {
    "accept": (SUGGESTED, ACCEPTED),
    "decline": (SUGGESTED, DECLINED),
    "complete": (ACCEPTED, DONE),
    "reconsider": (DECLINED, SUGGESTED),
}
"""Act → the state it needs and the state it leads to."""


def may(act: str, state: str) -> bool:
    return FOLLOWS[act][0] == state
