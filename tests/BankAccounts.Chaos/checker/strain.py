"""I1 and I10: overload is refused in words and leaves no trace, and a restart in good order costs nobody an answer."""

from violation import Violation

# What RELIABILITY.md promises of one machine with two cores, where nothing else goes wrong meanwhile.
POLITE_MS = 10_000
RECOVERED_MS = 10_000
GROWTH_MIB = 256
RESTART_MS = 10_000


def check(run):
    for overload in run.events.of("overload"):
        if overload["refused_without_advice"]:
            yield Violation("I10", f"{overload['refused_without_advice']} calls were refused with RESOURCE_EXHAUSTED and "
                            "without OVERLOADED, or without a time to wait")
        if overload["growth_mib"] > GROWTH_MIB:
            yield Violation("I10", f"under overload a service grew by {overload['growth_mib']} MiB")
        if is_alone(run, overload):
            yield from of_overload(overload)
    for restart in run.events.of("rolling_restart"):
        if is_alone(run, restart):
            yield from of_restart(restart)


def of_overload(overload):
    if not overload["refused"]:
        yield Violation("I10", f"{overload['offered']} calls/s were no overload: none was refused")
    if overload["polite_failed"] or not overload["polite_answered"] or overload["polite_slowest_ms"] > POLITE_MS:
        yield Violation("I10", f"a caller with one call at a time was not served within {POLITE_MS} ms beside "
                        f"an overload: {overload}")
    if overload["recovered_ms"] > RECOVERED_MS:
        yield Violation("I10", f"after an overload the bank was not as before within {RECOVERED_MS} ms")


def of_restart(restart):
    if restart["failed"] or not restart["answered"] or restart["slowest_ms"] > RESTART_MS:
        yield Violation("I1", f"a rolling restart left a command without an answer for {RESTART_MS} ms: {restart}")


def is_alone(run, strain):
    """Whether no fault but this one was there at the time."""
    return sum(fault["t"] < strain["ended"] and fault["healed"] > strain["t"] for fault in run.events.of("fault")) == 1
