"""
Checks a run, independently of the bank's own code:

    check.py FOLDER

FOLDER holds events.jsonl (written by the driver), log.jsonl and redis.jsonl (written by dump.py). Prints the counts and
the first violation. The exit code is 0 if there is none, 1 if there is one, 2 if the run cannot be read.
"""

import sys
from collections import Counter

import answers
import healing
import money
import reads
import report
import state
import strain
from run import Run

CHECKS = (answers, money, state, reads, healing, strain)
MOST = 10_000


def violations(run):
    """Every violation that was found, those first in which the log itself is at fault."""
    found = []
    for check in CHECKS:
        for violation in check.check(run):
            found.append(violation)
            if len(found) >= MOST:
                break
    return sorted(found, key=lambda violation: not violation.log_lost)


def main(folder):
    run = Run.load(folder)
    for line in report.counts(run):
        print(line)
    for line in report.halted(run):
        print(line)
    found = violations(run)
    if found:
        for line in report.details(run, found[0]):
            print(line)
    broken = Counter(violation.invariant for violation in found)
    for name, promise in report.INVARIANTS.items():
        print(f"{name:>4} {promise}: " + (f"VIOLATED ({broken[name]} times)" if broken[name] else "holds"))
    print(f"{len(report.INVARIANTS) - len(broken)} passed, {len(broken)} failed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
