"""
Shows that the checker bites: takes a run in which it finds nothing, falsifies one thing after the other, and looks
whether the right invariant is named each time.

    bites.py FOLDER

What a defect of the bank would leave behind is put into what was read of the log, of Redis and of the events: a commit
without compare-and-set, a log without deduplication, a credit that was dropped. What an old broker leaves behind that the
bank can only say, it has to tell from all that. Prints a line for each; the exit code is 0 if every one was seen.
"""

import sys
from contextlib import contextmanager

import old_decisions
import taken_back
from check import violations
from falsified import another, changed
from model import Partition
from run import Run


def answered(run, *outcomes, kind=None):
    """The operations that were answered so, the latest first."""
    return [op for op in reversed(run.events.operations)
            if op.outcome in outcomes and op.answer.get("offset") is not None
            and (kind is None or op.asked["kind"] == kind)]


def stored_entry(run, wanted):
    """Some entry of a history in Redis: its partition, account and index."""
    for number, state in enumerate(run.stored):
        for account, entries in state.histories.items():
            for index, entry in enumerate(entries):
                if wanted(entry):
                    return number, account, index, entry
    raise SystemExit("The run is too short to be falsified: it has no such entry.")


@contextmanager
def balance_of(run, number, account, change):
    state = run.stored[number]
    fields = state.accounts[account]
    with changed(state.accounts, account, (*fields[:2], fields[2] + change, *fields[3:])):
        yield


@contextmanager
def lost_record(run):
    """I1: the log lost a record that was acknowledged, and the fold is that of the rest."""
    number, offset = answered(run, "accepted")[len(run.events.operations) // 10].place
    records = {at: record for at, record in run.records[number].items() if at != offset}
    partition = Partition(number)
    for at in sorted(records):
        partition.apply(at, *records[at])
    with changed(run.records, number, records), changed(run.partitions, number, partition):
        yield


@contextmanager
def doubled_deposit(run):
    """I3: deduplication is off, and a deposit that came twice counts twice."""
    number, account, index, entry = stored_entry(
        run, lambda one: one.kind == "DEPOSIT" and not one.decision.reason and one.request)
    entries = run.stored[number].histories[account]
    with changed(run.stored[number].histories, account, entries[:index + 1] + entries[index:]), \
            balance_of(run, number, account, entry.amount):
        yield


@contextmanager
def dropped_credit(run):
    """I4: a transfer arrived nowhere, and its payer was told that it did."""
    number, account, index, entry = stored_entry(
        run, lambda one: one.kind == "TRANSFER_IN" and not one.decision.reason)
    entries = run.stored[number].histories[account]
    with changed(run.stored[number].histories, account, entries[:index] + entries[index + 1:]), \
            balance_of(run, number, account, -entry.amount):
        yield


@contextmanager
def zombie_commit(run):
    """I5: without compare-and-set the commit of a zombie put an old account over a new one."""
    for number, state in enumerate(run.stored):
        for account, steps in run.partitions[number].versions.items():
            if len(steps) > 3:
                old = steps[-3][1]
                fields = (old.holder, old.currency, old.balance, old.version, old.closed, old.unsettled,
                          old.opened_at, old.entries, old.last_entry)
                with changed(state.accounts, account, fields):
                    yield
                return


@contextmanager
def wrong_balance(run):
    """I1: an answer with another balance than the ledger's."""
    answer = answered(run, "accepted", kind="deposit")[0].answer
    with changed(answer, "balance", answer["balance"] + 1):
        yield


@contextmanager
def refusal_with_effect(run):
    """I2: a caller was told of a refusal, and the command took effect."""
    op = answered(run, "accepted", kind="withdraw")[0]
    with another(op, "answer", op.answer | {"outcome": "rejected", "reason": "INSUFFICIENT_FUNDS"}):
        yield


@contextmanager
def appended_though_denied(run):
    """I2: a caller was told that nothing was appended, and it was."""
    requests = {}
    for op in run.events.operations:
        requests.setdefault((op.subject, op.asked.get("request")), []).append(op)
    op = next(op for op in answered(run, "accepted", kind="deposit")
              if op.asked["request"] and len(requests[op.subject, op.asked["request"]]) == 1)
    with another(op, "answer", {"outcome": "refused", "reason": "LOG_UNAVAILABLE", "t": op.answer["t"]}):
        yield


@contextmanager
def wrong_order(run):
    """I1: a command was acknowledged before another one was invoked that stands before it."""
    by_account = {}
    first_time = {}
    for op in run.events.operations:
        first_time.setdefault((op.subject, op.asked.get("request")), op)
    for op in answered(run, "accepted", kind="deposit"):
        earlier = by_account.setdefault(op.account, op)
        # A request that is asked again may stand before what was acknowledged meanwhile.
        request = op.asked.get("request")
        is_first = not request or first_time[op.subject, request] is op
        if is_first and earlier.answer["offset"] > op.answer["offset"]:
            with changed(op.asked, "t", earlier.answer["t"] + 1), changed(op.answer, "t", earlier.answer["t"] + 2):
                yield
            return


@contextmanager
def stale_read(run):
    """I8: a read that does not contain what was acknowledged before it."""
    read = next(read for read in run.events.of("read") if read["min"] > 0)
    with changed(read, "position", read["min"] - 1):
        yield


@contextmanager
def wrong_read(run):
    """I8: a read with a balance that the account never had there."""
    read = run.events.of("read")[-1]
    with changed(read, "balance", read["balance"] + 1):
        yield


@contextmanager
def wrong_history(run):
    """I5: a page of a history without its last line."""
    answer = next(answer for answer in run.events.of("history") if answer["entries"])
    with changed(answer, "entries", answer["entries"][:-1]):
        yield


@contextmanager
def another_fold(run):
    """I7: Redis was no fold of the log while it ran, and nobody would know at the end."""
    look = next(look for look in run.events.of("standing") if look["position"] > 0)
    with changed(look, "decision_digest", look["digest"]):
        yield


@contextmanager
def went_back(run):
    """I7: Redis went back though it had lost nothing."""
    looks = [look for look in run.events.of("standing") if look["partition"] == 0 and look["position"] > 0]
    again = looks[0] | {"t": looks[-1]["t"] + 1}
    run.events.of("standing").append(again)
    faults = [fault | {"redis_loss": False} for fault in run.events.of("fault")]
    try:
        with changed(run.events.others, "fault", faults):
            yield
    finally:
        run.events.of("standing").remove(again)


@contextmanager
def other_rebuild(run):
    """I6: a rebuild that gave another state."""
    rebuild = run.events.of("rebuild")[0]
    with changed(rebuild, "after", ["another", *rebuild["after"][1:]]):
        yield


@contextmanager
def no_quiet(run):
    """I9: it did not settle."""
    with changed(run.events.of("healed")[0], "quiet", False):
        yield


@contextmanager
def much_memory(run):
    """I10: a service that grew."""
    memory = run.events.of("memory")[0]
    with changed(memory, "peak_mib", memory["bound_mib"] + 1):
        yield


@contextmanager
def impolite_overload(run):
    """I10: under overload a caller with one call at a time waited for too long."""
    overload = run.events.of("overload")[0]
    with changed(overload, "polite_slowest_ms", 60_000):
        yield


@contextmanager
def refused_without_a_word(run):
    """I10: overload was refused without saying when to ask again."""
    with changed(run.events.of("overload")[0], "refused_without_advice", 1):
        yield


@contextmanager
def cut_by_a_restart(run):
    """I1: a rolling restart left a command without an answer."""
    with changed(run.events.of("rolling_restart")[0], "failed", 1):
        yield


@contextmanager
def wrong_resolution(run):
    """I2: who asked what became of an unknown command was told of another decision."""
    op = answered(run, "accepted", kind="deposit")[0]
    told = {"account": op.account, "request": op.asked["request"] or "none", "found": True,
            "offset": op.answer["offset"] + 1, "reason": ""}
    with changed(run.events.others, "resolved", [*run.events.of("resolved"), told]):
        yield


FALSE = (lost_record, doubled_deposit, dropped_credit, zombie_commit, wrong_balance, refusal_with_effect,
         appended_though_denied, wrong_order, stale_read, wrong_read, wrong_history, another_fold, went_back,
         other_rebuild, no_quiet, much_memory, wrong_resolution, impolite_overload, refused_without_a_word,
         cut_by_a_restart)


def main(folder):
    run = Run.load(folder)
    for kind in ("resolved", "halted", "given_up"):
        run.events.others.setdefault(kind, [])
    if violations(run):
        print("The run has violations of its own.")
        return 1
    missed = sum(not is_seen(run, falsify, violations) for falsify in FALSE)
    missed += sum(not is_seen(run, falsify, taken_back.violations) for falsify in taken_back.FALSE)
    missed += sum(not is_right(run, right) for right in taken_back.RIGHT)
    missed += old_decisions.missed()
    return 1 if missed or violations(run) else 0


def is_seen(run, falsify, looked_for):
    """Whether what is false is named by its invariant."""
    expected = falsify.__doc__.split(":")[0]
    with falsify(run):
        found = sorted({violation.invariant for violation in looked_for(run)})
    print(f"{falsify.__name__}: {expected} {'seen' if expected in found else 'MISSED'} (found {', '.join(found)})")
    return expected in found


def is_right(run, right):
    """Whether nothing is found in what is no violation."""
    with right(run):
        found = taken_back.violations(run)
    print(f"{right.__name__}: " + (f"WRONGLY found {found[0].what}" if found else "rightly nothing found"))
    return not found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
