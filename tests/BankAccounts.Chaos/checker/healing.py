"""I6, I9 and I10: after the faults everything settles, a rebuild gives the same, and memory stayed bounded."""

from violation import Violation


def check(run):
    healed = run.events.of("healed")
    if not healed or not healed[0]["quiet"]:
        yield Violation("I9", "the bank did not settle in time: " + (healed[0]["what"] if healed else "no healing"))
    for partition in run.partitions:
        for to, channel in partition.outgoing.items():
            for sequence, transfer in channel.unsettled.items():
                yield Violation("I9", f"transfer {sequence} to partition {to} is not settled", partition.number,
                                transfer.offset)
    for verdict in run.events.of("verify"):
        if not verdict["equal"]:
            yield Violation("I5", f"LedgerService/Verify: {verdict['difference']}")
    for rebuild in run.events.of("rebuild"):
        for number, (before, after) in enumerate(zip(rebuild["before"], rebuild["after"])):
            if before != after:
                yield Violation("I6", f"before the rebuild {before}, after it {after}", number)
    for memory in run.events.of("memory"):
        if memory["peak_mib"] > memory["bound_mib"]:
            yield Violation("I10", f"a {memory['service']} took {memory['peak_mib']} MiB, more than "
                            f"{memory['bound_mib']}")
