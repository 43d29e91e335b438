"""
Which decisions are kept, and which may not be: no run that is short enough for a test has any that are not.
"""

from types import SimpleNamespace

from model import Decision
from state import CHUNK_OFFSETS, KEPT_CHUNKS, decisions_of

# The chunk of the position is the last of those that are kept; the one of offset 0 is not among them any more.
KEPT_FROM = CHUNK_OFFSETS
POSITION = KEPT_CHUNKS * CHUNK_OFFSETS + 10
INTERIM = Decision(KEPT_FROM + 2, "", 50, 1, pending=True)
OLD = {offset: Decision(offset, "", 100 + offset, 1) for offset in (0, KEPT_FROM - 1)}
KEPT = {offset: Decision(offset, "", 100 + offset, 1) for offset in (KEPT_FROM, KEPT_FROM + 2, POSITION - 1)}
STORED = KEPT | {INTERIM.offset: INTERIM}


def differ(found, answers=OLD | KEPT):
    """Whether the checker finds fault with these decisions in Redis."""
    partition = SimpleNamespace(position=POSITION, answers=answers, pending_answers={INTERIM.offset: INTERIM})
    return decisions_of(partition, SimpleNamespace(decisions=found)) != found


CASES = {
    "the latest decisions": not differ(STORED),
    "the void of a record that says who sent it": not differ(
        STORED | {KEPT_FROM + 1: "REDELIVERY"}, OLD | KEPT | {KEPT_FROM + 1: "REDELIVERY"}),
    "the void of one that does not": not differ(STORED, OLD | KEPT | {KEPT_FROM + 1: "BAD_FRAME"}),
    "a decision that is missing": differ({offset: one for offset, one in STORED.items() if offset != KEPT_FROM}),
    "another decision than the log's": differ(STORED | {KEPT_FROM: Decision(KEPT_FROM, "", 1, 1)}),
    "what a transfer came to": differ(STORED | {INTERIM.offset: KEPT[INTERIM.offset]}),
    "an old decision that is left": differ(STORED | {KEPT_FROM - 1: OLD[KEPT_FROM - 1]}),
    "a void that the log does not have": differ(STORED | {KEPT_FROM + 1: "REDELIVERY"}),
}


def missed():
    """How many of them the checker gets wrong; prints a line for each."""
    for name, is_right in CASES.items():
        print(f"{name}: {'told' if is_right else 'NOT told'}")
    return sum(not is_right for is_right in CASES.values())
