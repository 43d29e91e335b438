"""A broken invariant, with what is needed to look into it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    invariant: str            # I1 … I10, as docs/RELIABILITY.md lists them
    what: str
    partition: int = None
    offset: int = None
    account: str = None       # in its text form
    log_lost: bool = False    # the log itself lacks what was acknowledged: no fold can have it
