"""I5 and I7: Redis is the fold of the log, at its end and whenever somebody looked."""

import uuid

import halts
from model import Decision
from violation import Violation

KEPT_VOIDS = 1_000
CHUNK_OFFSETS = 256
KEPT_CHUNKS = 16_384 // CHUNK_OFFSETS + 1


def check(run):
    for partition, state in zip(run.partitions, run.stored):
        yield from at_the_end(partition, state)
        yield from equal(partition, state)
    yield from while_it_ran(run)


def at_the_end(partition, state):
    """I7: after healing, Redis stands where the log ends."""
    position = state.head["position"] if state.head else 0
    if position != partition.position:
        yield Violation("I7", f"Redis stands at {position}, and the log ends at {partition.position}",
                        partition.number, min(position, partition.position), log_lost=position > partition.position)
    if state.head and "dirty" in state.head:
        yield Violation("I7", "a commit died midway, and its mark is still there", partition.number)


def equal(partition, state):
    """I5: part by part."""
    parts = [
        ("account", accounts_of(partition), state.accounts),
        ("name", dict.fromkeys(
            (account.holder + b"\0" + number for number, account in partition.accounts.items()), 0.0), state.names),
        ("history", partition.histories, state.histories),
        ("request", {key: decision for key, (_, decision) in partition.requests.items()}, state.requests),
        ("producer", {key: (highest, seen) for key, (highest, seen) in partition.producers.items()},
         state.producers),
        ("channel out", {to: (c.next, c.chain.hex()) for to, c in partition.outgoing.items()}, state.outgoing),
        ("unsettled", {
            (to, n): (t.offset, t.chain.hex(), t.currency, t.record.transfer.amount)
            for to, c in partition.outgoing.items() for n, t in c.unsettled.items()}, state.unsettled),
        ("channel in", {
            source: (c.last, c.chain.hex(), c.settled_below, c.halted_by, c.expected.hex())
            for source, c in partition.incoming.items()}, state.incoming),
        ("refused", {(source, n): why for source, c in partition.incoming.items() for n, why in c.refused.items()},
         state.refused),
        ("transfer", {offset: transfer_of(*one) for offset, one in partition.transfers.items()}, state.transfers),
        ("void", dict(enumerate(partition.voids[-KEPT_VOIDS:])), dict(enumerate(state.voids))),
        ("decision", decisions_of(partition, state), state.decisions),
        ("head", head_of(partition), state.head or {}),
    ]
    for name, expected, found in parts:
        yield from first_difference(partition.number, name, expected, found)


def first_difference(number, name, expected, found):
    if expected == found:
        return
    for key in sorted(set(expected) | set(found), key=repr):
        log_says, redis_says = expected.get(key), found.get(key)
        if log_says != redis_says:
            if name == "history":
                log_says, redis_says = first_entries(log_says or [], redis_says or [])
            account = key if name in ("account", "history") else key[0] if name == "request" else b""
            yield Violation("I5", f"{name} {shown(key)}: by the log {log_says}, in Redis {redis_says}", number,
                            offset_in(log_says) or offset_in(redis_says),
                            str(uuid.UUID(bytes=account)) if account else None)
            return


def first_entries(expected, found):
    for one, other in zip(expected, found):
        if one != other:
            return one, other
    length = min(len(expected), len(found))
    return (expected[length] if len(expected) > length else None, found[length] if len(found) > length else None)


def offset_in(value):
    if isinstance(value, Decision):
        return value.offset
    return getattr(value, "at", None)


def shown(key):
    return key.hex() if isinstance(key, bytes) else key


def accounts_of(partition):
    return {number: (a.holder, a.currency, a.balance, a.version, a.closed, a.unsettled, a.opened_at, a.entries,
                     a.last_entry) for number, a in partition.accounts.items()}


def transfer_of(transfer, decision):
    asked = transfer.record.transfer
    return (asked.from_account_id, asked.to_account_id, asked.amount, transfer.currency, asked.description,
            transfer.sequence, transfer.record.recorded_at_ms, decision)


def decisions_of(partition, state):
    """
    Those of the latest chunks of offsets, as they were told at first: what a transfer came to is kept with the transfer.
    A void is kept only if it can be read who sent it.
    """
    first = ((partition.position - 1) // CHUNK_OFFSETS - (KEPT_CHUNKS - 1)) * CHUNK_OFFSETS
    answers = {offset: partition.pending_answers.get(offset, answer) for offset, answer in partition.answers.items()}
    return {offset: answer for offset, answer in answers.items()
            if offset >= first and (isinstance(answer, Decision) or offset in state.decisions)}


def head_of(partition):
    if partition.position == 0:
        return {}
    return {"position": partition.position, "log digest": partition.log_digest.hex(),
            "decision digest": partition.decision_digest.hex(), "stream time": partition.stream_time,
            **partition.counts}


def while_it_ran(run):
    """I7: each time somebody looked, Redis was the fold up to its position, which went back only after a loss."""
    taken_back = halts.accepted(run)
    before = {}
    for look in run.events.of("standing"):
        number, position = look["partition"], look["position"]
        partition = run.partitions[number]
        last = before.get(number)
        before[number] = look
        if last and position < last["position"]:
            if not run.events.lost_redis(last["t"], look["t"]) and not any(
                    halt.covers(number, last["t"]) and halts.is_given_up(run, halt) for halt in taken_back):
                yield Violation("I7", f"Redis went back from {last['position']} to {position} and had lost nothing",
                                number, position)
        if halts.is_fold(partition, look) or any(halt.covers(number, look["t"]) for halt in taken_back):
            continue
        if position not in partition.digests:
            yield Violation("I7", f"Redis stood at {position}, where the log has no record before it", number,
                            position - 1, log_lost=position > partition.position)
        else:
            yield Violation("I7", f"Redis at {position} was not the fold of the log up to there", number, position - 1)
