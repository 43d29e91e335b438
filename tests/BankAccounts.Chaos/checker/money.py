"""I4: money is neither made nor lost: what Redis holds, against what the log brought in and took out."""

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
    deposits = sum(partition.deposits for partition in run.partitions)
    withdrawals = sum(partition.withdrawals for partition in run.partitions)
    if balances + under_way != deposits - withdrawals:
        yield Violation(
            "I4", f"balances {balances} + under way {under_way} are not deposits {deposits} − withdrawals {withdrawals}")
