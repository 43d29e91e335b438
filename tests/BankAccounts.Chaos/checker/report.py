"""What a person needs: counts, and the first violation with everything to look into it."""

from collections import Counter

import frame
import halts

NEAR = 12

INVARIANTS = {
    "I1": "what was acknowledged is in the log, in order, with one decision",
    "I2": "a refusal has no effect, an unknown outcome can be asked for",
    "I3": "one effect for each request",
    "I4": "no money is made or lost",
    "I5": "Redis and every answer are what the log says",
    "I6": "a rebuild gives the same",
    "I7": "Redis is a fold of the log, and goes back only when it lost data",
    "I8": "reads contain what they have to",
    "I9": "after healing everything settles in time",
    "I10": "memory is bounded",
}
KIP_101 = ("The log itself lacks it, so no fold can have it. Brokers before 0.11 can lose acknowledged records when "
           "leadership moves (KIP-101); see docs/RELIABILITY.md.")


def counts(run):
    outcomes = Counter(op.outcome for op in run.events.operations)
    voids = Counter(reason for partition in run.partitions for _, reason, _ in partition.voids)
    decided = outcomes["accepted"] + outcomes["rejected"] + outcomes["pending"] + outcomes["stored"]
    yield f"commands {len(run.events.operations)}, acknowledged {decided} (refused by the ledger " \
          f"{outcomes['rejected']}), nothing appended {outcomes['refused']}, unknown {outcomes['unknown']}"
    yield f"records {sum(len(records) for records in run.records)}, repeated requests " \
          f"{sum(partition.counts['repeated'] for partition in run.partitions)}, transfers settled " \
          f"{sum(partition.counts['settled'] for partition in run.partitions)}"
    duplicates = voids["REDELIVERY"] + voids["CREDIT_REPEATED"] + voids["SETTLE_REPEATED"]
    others = ", ".join(f"{reason} {count}" for reason, count in sorted(voids.items()))
    yield f"duplicates voided {duplicates}; void records by reason: {others or 'none'}"
    yield f"reads {len(run.events.of('read'))}, histories {len(run.events.of('history'))}, looks at Redis " \
          f"{len(run.events.of('standing'))}, unknown outcomes asked for {len(run.events.of('resolved'))}"


def halted(run):
    """What partitions said of a log that was rewritten: where that explains what was seen, and where it does not."""
    taken_back = halts.accepted(run)
    for halt in taken_back:
        given_up = "; given up by the operator, and folded anew" if halts.is_given_up(run, halt) else ""
        yield f"halted: partition {halt.partition} at position {halt.position}: the log took back a record that was " \
              f"folded but never acknowledged; it halted loudly (seen {halt.looks} times){given_up}"
    for said in run.events.of("halted"):
        if not any(halt.covers(said["partition"], said["t"]) for halt in taken_back):
            yield f"halted: partition {said['partition']} said at {said['t'] / 1e6:.3f} s: {said['why']}"


def details(run, violation):
    """The records around it and what concerned its account."""
    yield f"{violation.invariant} is broken: {violation.what}."
    if violation.log_lost:
        yield KIP_101
    if violation.partition is not None and violation.offset is not None:
        yield f"Records of partition {violation.partition}:"
        for offset in range(violation.offset - 1, violation.offset + 2):
            if offset in run.records[violation.partition]:
                yield from record_lines(run, violation.partition, offset)
    if violation.account:
        yield f"Operations on account {violation.account} (the nearest {NEAR} before and after):"
        yield from operation_lines(run, violation)
    for fault in run.events.of("fault"):
        yield f"  fault {fault['t'] / 1e6:.3f} … {fault['healed'] / 1e6:.3f} s: {fault['name']}: {fault['what']}"


def record_lines(run, partition, offset):
    key, value = run.records[partition][offset]
    yield f"  offset {offset}, key {key!r}, decided: {run.partitions[partition].answers.get(offset)}"
    yield f"    value {value.hex() if value is not None else None}"
    record = frame.decode(value)[0]
    if record is not None:
        yield "    " + " ".join(str(record).split())


def operation_lines(run, violation):
    concerned = [op for op in run.events.operations
                 if violation.account in (op.account, op.asked.get("to"))]
    offsets = [op.answer.get("offset") if op.answer else None for op in concerned]
    middle = next((index for index, offset in enumerate(offsets) if offset == violation.offset), len(concerned) - 1)
    for op in concerned[max(0, middle - NEAR):middle + NEAR + 1]:
        yield f"  {op.asked} → {op.answer or 'no answer'}"
