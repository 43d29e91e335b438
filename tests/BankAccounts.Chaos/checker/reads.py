"""I8: every answer is the state at the position that it names, and no older than the reader asked for."""

import uuid

import halts
from violation import Violation


def check(run):
    taken_back = halts.accepted(run)
    for read in run.events.of("read"):
        account = uuid.UUID(read["account"]).bytes
        number = int.from_bytes(account[:2], "big")
        position = read["position"]
        if position < read["min"]:
            yield Violation("I8", f"a read that had to contain offset {read['min']} reflected only {position}", number,
                            read["min"], read["account"])
        expected = account_at(run, account, position + 1)
        found = (read["holder"], read["currency"], read["balance"], read["version"], read["closed"])
        if expected != found and not any(
                halt.covers(number, read["t"]) and halt.explains(read, account_at(run, account, halt.agreed))
                for halt in taken_back):
            yield Violation("I8", f"a read at position {position} said {found}, and by the log it was {expected}",
                            number, position, read["account"])
    yield from histories(run)


def account_at(run, account, position):
    """What a read says of an account, by the log below a position."""
    was = run.partitions[int.from_bytes(account[:2], "big")].account_at(account, position)
    return (was.holder.decode(), was.currency.decode(), was.balance, was.version, was.closed) if was else None


def histories(run):
    """I5: the histories that were asked for at the end."""
    for answer in run.events.of("history"):
        account = uuid.UUID(answer["account"]).bytes
        number = int.from_bytes(account[:2], "big")
        expected = [
            [entry.number, entry.kind, entry.amount, entry.decision.balance, entry.decision.version,
             entry.decision.reason, entry.at] for entry in run.partitions[number].histories.get(account, [])]
        for one, other in zip(expected, answer["entries"]):
            if one != other:
                yield Violation("I5", f"ListHistory said {other}, and by the log it is {one}", number, one[6],
                                answer["account"])
                break
        else:
            if len(expected) != len(answer["entries"]):
                yield Violation("I5", f"ListHistory gave {len(answer['entries'])} entries of {len(expected)}", number,
                                account=answer["account"])
