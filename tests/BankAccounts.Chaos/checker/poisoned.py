"""
Compares what became of a poisoned log with the model of the ledger (model.py), which shares no code with the bank:

    poisoned.py FOLDER KAFKA REDIS PARTITIONS [--kafka09]

FOLDER may hold poison.jsonl (written by poison.py). Prints counts, and a line "FOUND: ..." for each difference. The exit
code is 0 if there is none, 1 if there are some, anything else if the bank could not be read.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import dump
import model
import money
import state
import stored
from run import Run


def load(folder, partitions):
    run = Run(folder, SimpleNamespace(of=lambda _: []), [{} for _ in range(partitions)],
              [model.Partition(number) for number in range(partitions)], stored.load(folder / "redis.jsonl", partitions))
    run._read_log(folder / "log.jsonl")
    run._fold()
    return run


def read_poison(path):
    if not path.exists():
        return []
    with open(path) as file:
        return [json.loads(line) for line in file]


def check_poison(run, poison):
    """Each record is the void that it has to be, in the model and among those that Redis keeps."""
    for one in poison:
        answer = run.partitions[one["p"]].answers.get(one["o"])
        if one["void"] and answer != one["void"]:
            yield f"{one['kind']} at {one['p']}:{one['o']} has to be {one['void']}, and the model says {answer}"
    for partition, redis in zip(run.partitions, run.stored):
        kept = {offset: reason for offset, reason, _ in redis.voids}
        for offset, reason, _ in partition.voids[-state.KEPT_VOIDS:]:
            if kept.get(offset) != reason:
                kinds = [one["kind"] for one in poison if (one["p"], one["o"]) == (partition.number, offset)]
                yield f"{kinds or 'a record'} at {partition.number}:{offset} is {kept.get(offset)} in Redis, and {reason} by the model"


def main(folder, bootstrap, redis, partitions, *options):
    folder, partitions = Path(folder), int(partitions)
    dump.main(folder, bootstrap, redis, partitions, *options)
    run = load(folder, partitions)
    poison = read_poison(folder / "poison.jsonl")
    found = list(check_poison(run, poison))
    for partition, redis_state in zip(run.partitions, run.stored):
        if partition.position == 0:
            continue
        found += [violation.what for violation in state.at_the_end(partition, redis_state)]
        found += [f"partition {partition.number}: {violation.what}" for violation in state.equal(partition, redis_state)]
    found += [violation.what for violation in money.check(run)]
    answers = Counter()
    for one in poison:
        answer = run.partitions[one["p"]].answers.get(one["o"])
        answers[answer if isinstance(answer, str) else answer.reason or "ACCEPTED"] += 1
    print(f"{sum(len(records) for records in run.records)} records of the log, "
          f"{sum(len(partition.accounts) for partition in run.partitions)} accounts")
    if poison:
        print("the poison by its answers: " + ", ".join(f"{name} {count}" for name, count in sorted(answers.items())))
    for one in found[:100]:
        print(f"FOUND: {one}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
