"""
What may be left of old decisions, and what may not: no run that is short enough for a test has any.
"""

from types import SimpleNamespace

from model import Decision
from state import KEPT_DECISIONS, decisions_of

DECIDED = {offset: Decision(offset, "", 100 + offset, 1) for offset in range(3)}
INTERIM = Decision(2, "", 50, 1, pending=True)


def differ(found, later=None):
    """Whether the checker finds fault with these decisions in Redis, a whole round of records later."""
    answers = dict(DECIDED) | ({KEPT_DECISIONS: later} if later else {})
    partition = SimpleNamespace(position=KEPT_DECISIONS + 10, answers=answers, transfers={2: None})
    return decisions_of(partition, SimpleNamespace(decisions=found)) != found


CASES = {
    "an old decision that is left": not differ({0: DECIDED[0], 1: DECIDED[1]}),
    "old decisions that are gone": not differ({}),
    "an old interim decision of a transfer": not differ({2: INTERIM}),
    "another old decision than the log's": differ({0: Decision(0, "", 101, 1)}),
    "an interim decision of what is no transfer": differ({1: Decision(1, "", 50, 1, pending=True)}),
    "an old decision in a later one's place": differ(
        {0: DECIDED[0], KEPT_DECISIONS: DECIDED[1]}, later=DECIDED[1]),
}


def missed():
    """How many of them the checker gets wrong; prints a line for each."""
    for name, is_right in CASES.items():
        print(f"{name}: {'told' if is_right else 'NOT told'}")
    return sum(not is_right for is_right in CASES.values())
