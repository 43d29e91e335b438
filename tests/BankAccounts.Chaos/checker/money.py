"""I4: money is neither made nor lost, by what Redis itself says."""

from violation import Violation


def check(run):
    balances = sum(account[2] for state in run.stored for account in state.accounts.values())
    under_way = 0
    for source, state in enumerate(run.stored):
        for (destination, sequence), (_, _, _, amount) in state.unsettled.items():
            other = run.stored[destination]
            last = other.incoming.get(source, (0,))[0]
            if sequence > last or (source, sequence) in other.refused:
                under_way += amount
    moved = {"DEPOSIT": 0, "WITHDRAW": 0}
    for state in run.stored:
        for entries in state.histories.values():
            for entry in entries:
                if entry.kind in moved and not entry.decision.reason:
                    moved[entry.kind] += entry.amount
    if balances + under_way != moved["DEPOSIT"] - moved["WITHDRAW"]:
        yield Violation(
            "I4", f"balances {balances} + under way {under_way} are not deposits {moved['DEPOSIT']} − withdrawals "
            f"{moved['WITHDRAW']}")
