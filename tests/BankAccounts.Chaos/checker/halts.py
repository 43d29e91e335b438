"""
Halts: where a partition said itself that the log was rewritten under what it had folded, and what that explains.

A broker without leader epochs (KIP-101) can take a record back that it has shown to consumers and told nobody of.
Redis is then the fold of a log that is no more, and stands still until its state is given up or lost. What the record
was cannot be known any longer; so this takes as little for granted as it can, and everything else stays a violation.
"""

from dataclasses import dataclass
from itertools import groupby

import answers


@dataclass(frozen=True)
class Halt:
    """A time in which Redis was another fold than that of the log, and the partition said that it is halted there."""
    partition: int
    position: int     # where it halted
    agreed: int       # where it was seen last as the fold of the log
    since: int        # when that was
    last: int         # when it was seen last as another fold
    until: float      # when it was seen next as the fold of the log
    looks: int        # how often it was seen as another fold

    def covers(self, partition, moment):
        return partition == self.partition and self.since < moment < self.until

    def explains(self, read, was):
        """
        Whether a read can have seen the records that were taken back; was is the account before the first of them. Each
        of them made at most one version, and an account without a new version is as it was.
        """
        version = was[3] if was else 0
        found = (read["holder"], read["currency"], read["balance"], read["version"], read["closed"])
        return (self.agreed <= read["position"] < self.position
                and (found == was or version < read["version"] <= version + self.position - self.agreed))


def is_fold(partition, look):
    """Whether Redis was the fold of the log that there is now."""
    digests = partition.digests.get(look["position"])
    return look["position"] == 0 or (digests is not None and (
        look["digest"], look["decision_digest"]) == tuple(digest.hex() for digest in digests))


def accepted(run):
    """The halts after records that were taken back and that nobody had been told of."""
    said = run.events.of("halted")
    if not said or not run.events.of("bank")[0]["is_kafka09"]:
        return []
    return [halt for number in sorted({one["partition"] for one in said})
            for halt in of_partition(run, run.partitions[number]) if is_accepted(run, halt)]


def of_partition(run, partition):
    """Each time in which Redis was one and the same other fold."""
    looks = [look for look in run.events.of("standing") if look["partition"] == partition.number]
    times = [(agrees, list(some)) for agrees, some in groupby(looks, lambda look: is_fold(partition, look))]
    for index, (agrees, some) in enumerate(times):
        if agrees or not is_one_fold(some):
            continue
        before = times[index - 1][1][-1] if index > 0 else {"position": 0, "t": 0}
        if before["position"] < some[0]["position"]:
            until = times[index + 1][1][0]["t"] if index + 1 < len(times) else float("inf")
            yield Halt(partition.number, some[-1]["position"], before["position"], before["t"], some[-1]["t"], until,
                       len(some))


def is_one_fold(looks):
    """Whether the position never went back, and had the same digests whenever it was the same."""
    return all(
        one["position"] < next_one["position"]
        or (one["position"], one["digest"], one["decision_digest"])
        == (next_one["position"], next_one["digest"], next_one["decision_digest"])
        for one, next_one in zip(looks, looks[1:]))


def is_accepted(run, halt):
    return is_said(run, halt) and not is_answered(run, halt) and is_ended(run, halt)


def is_said(run, halt):
    """Whether the partition said meanwhile that it is halted there because of its log."""
    return any(halt.covers(one["partition"], one["t"]) and one.get("position") == halt.position
               for one in run.events.of("halted"))


def is_answered(run, halt):
    """Whether somebody had been told of a record that was taken back: then the log lost it, and a promise is broken."""
    return any(op.is_acknowledged and op.answer.get("offset") is not None and op.place[0] == halt.partition
               and halt.agreed <= op.place[1] < halt.position and not answers.is_in_the_log(run, op)
               for op in run.events.operations)


def is_ended(run, halt):
    """Whether Redis became the fold of the log again only because its state was lost or given up, if it did."""
    return halt.until == float("inf") or run.events.lost_redis(halt.last, halt.until) or is_given_up(run, halt)


def is_given_up(run, halt):
    """Whether the operator had the partition folded anew."""
    return any(halt.covers(one["partition"], one["t"]) for one in run.events.of("given_up"))
