"""I1, I2, I3 and the order: what callers were told, against the log and the model's decisions."""

import uuid
from collections import defaultdict

import frame
from violation import Violation

EFFECTS = ("CREATE", "DEPOSIT", "WITHDRAW", "TRANSFER_OUT", "CLOSE")


def check(run):
    yield from acknowledged(run)
    yield from one_decision(run)
    yield from refused_before_the_log(run)
    yield from one_effect(run)
    yield from order(run)
    yield from unknown_resolved(run)


def command_of(run, partition, offset):
    """The record at a place, if it is one of a command."""
    key, value = run.records[partition].get(offset, (None, None))
    record = frame.decode(value)[0] if value is not None else None
    kind = record.WhichOneof("body") if record else None
    return (record, kind) if kind in ("create", "deposit", "withdraw", "transfer", "close") else (None, None)


def content_of(record, kind):
    """A record's content in the terms of the driver's events."""
    body = getattr(record, kind)

    def text(name):
        return getattr(body, name).decode() if hasattr(body, name) else ""

    to = str(uuid.UUID(bytes=body.to_account_id)) if kind == "transfer" else None
    if kind == "create":
        return kind, None, None, text("currency_code"), None, text("holder_name")
    if kind == "close":
        return kind, None, None, None, None, None
    return kind, to, body.amount, text("currency_code"), text("description"), None


def is_in_the_log(run, op):
    """Whether the record of an acknowledged command stands where the answer says."""
    record, kind = command_of(run, *op.place)
    return (record is not None and record.request_id.decode() == op.asked.get("request", "")
            and content_of(record, kind) == op.content)


def acknowledged(run):
    """I1: whatever was acknowledged stands in the log where the answer says, and was decided as the answer says."""
    for op in run.events.operations:
        if not op.is_acknowledged or op.answer.get("offset") is None:
            continue
        partition, offset = op.place
        said = op.answer
        if not is_in_the_log(run, op):
            yield Violation(
                "I1", f"operation {op.asked['id']} was acknowledged ({said['outcome']} {said.get('reason', '')}) at "
                f"{partition}/{offset}, and the log has "
                + ("no record there" if offset not in run.records[partition] else "another record there"),
                partition, offset, op.account, log_lost=True)
            continue
        if op.outcome == "stored":
            continue
        model = run.partitions[partition]
        decision = model.answers[offset]
        if op.outcome == "pending":
            decision = model.pending_answers.get(offset, decision)
        expected = decision if isinstance(decision, str) else (
            "pending" if decision.pending else "rejected" if decision.reason else "accepted",
            decision.reason, decision.balance, decision.version)
        told = (op.outcome, said.get("reason", ""), said.get("balance", 0), said.get("version", 0))
        if expected != told:
            invariant = "I2" if op.outcome == "rejected" else "I1"
            yield Violation(
                invariant, f"operation {op.asked['id']} at {partition}/{offset} was answered with {told}, "
                f"and by the log it is {expected}", partition, offset, op.account)


def one_decision(run):
    """I3: the same request never got two decisions. A conflict is no decision on the request that it conflicts with."""
    first = {}
    for op in run.events.operations:
        request = op.asked.get("request")
        if (not op.is_decided or not request or op.answer.get("offset") is None
                or op.answer.get("reason") == "REQUEST_ID_REUSED"):
            continue
        known = first.setdefault((op.subject, request, op.content), op)
        if known.place != op.place:
            yield Violation(
                "I3", f"operations {known.asked['id']} and {op.asked['id']} are the same request, decided at "
                f"{known.place} and at {op.place}", *op.place, op.account)


def refused_before_the_log(run):
    """I2: where every attempt was told that nothing was appended, the log has nothing."""
    outcomes = defaultdict(set)
    attempts = {}
    for op in run.events.operations:
        if op.asked.get("request"):
            key = (op.subject, op.asked["request"], op.content)
            outcomes[key].add(op.outcome)
            attempts[key] = op
    nothing = {key for key, said in outcomes.items() if said == {"refused"}}
    if not nothing:
        return
    for number, records in enumerate(run.records):
        for offset in records:
            record, kind = command_of(run, number, offset)
            if record is None or not record.request_id:
                continue
            content = content_of(record, kind)
            account = getattr(record, kind)
            account = account.from_account_id if kind == "transfer" else account.account_id
            subject = ("create", content[5]) if kind == "create" else str(uuid.UUID(bytes=account))
            key = (subject, record.request_id.decode("utf-8", "replace"), content)
            if key in nothing:
                yield Violation(
                    "I2", f"operation {attempts[key].asked['id']} was told that nothing was appended "
                    f"({attempts[key].answer.get('reason')}), and it stands in the log", number, offset,
                    str(uuid.UUID(bytes=account)))


def one_effect(run):
    """I3: in what Redis holds no request of an account took effect twice."""
    for number, state in enumerate(run.stored):
        for account, entries in state.histories.items():
            seen = {}
            for entry in entries:
                if entry.request and not entry.decision.reason and entry.kind in EFFECTS:
                    if entry.request in seen:
                        yield Violation(
                            "I3", f"request {entry.request!r} took effect at offsets {seen[entry.request]} and "
                            f"{entry.at}", number, entry.at, str(uuid.UUID(bytes=account)))
                    seen[entry.request] = entry.at


def order(run):
    """I1: what was acknowledged before another command of the account was invoked stands before it in the log."""
    by_account = defaultdict(list)
    first_time = {}
    for op in run.events.operations:
        request = (op.subject, op.asked.get("request"))
        is_first = not op.asked.get("request") or first_time.setdefault(request, op.asked["id"]) == op.asked["id"]
        if op.is_decided and op.account and op.answer.get("offset") is not None:
            by_account[op.account].append((op, is_first))
    for account, ops in by_account.items():
        moments = sorted(
            [(op.asked["t"], 1, op, is_first) for op, is_first in ops]
            + [(op.answer["t"], 0, op, is_first) for op, is_first in ops],
            key=lambda moment: moment[:2])
        before = None
        for _, is_invocation, op, is_first in moments:
            if not is_invocation:
                if before is None or op.answer["offset"] > before.answer["offset"]:
                    before = op
            elif is_first and before is not None and op.answer["offset"] <= before.answer["offset"]:
                yield Violation(
                    "I1", f"operation {before.asked['id']} was acknowledged at {before.place} before operation "
                    f"{op.asked['id']} was invoked, which stands before it at {op.place}", *op.place, account)


def unknown_resolved(run):
    """I2: the truth about an unknown outcome can be asked for, and is what the log says."""
    for asked in run.events.of("resolved"):
        account = uuid.UUID(asked["account"]).bytes
        partition = int.from_bytes(account[:2], "big")
        known = run.partitions[partition].requests.get((account, asked["request"].encode()))
        expected = (known[1].offset, known[1].reason) if known and known[1].version else None
        told = (asked["offset"], asked["reason"]) if asked["found"] else None
        if expected != told:
            yield Violation(
                "I2", f"asked what became of request {asked['request']}: {told}, and by the log it is {expected}",
                partition, expected[0] if expected else told[0], asked["account"])
