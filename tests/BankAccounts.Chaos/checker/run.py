"""All that is known of a run: the events, the log with the model folded over it, and what Redis held at its end."""

import base64
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import model
import stored
from operations import Events


@dataclass
class Run:
    folder: Path
    events: Events
    records: list      # by partition: {offset: (key, value)}
    partitions: list   # by partition: the model
    stored: list       # by partition: what Redis held

    @staticmethod
    def load(folder):
        folder = Path(folder)
        events = Events.load(folder / "events.jsonl")
        count = events.of("bank")[0]["partitions"]
        run = Run(folder, events, [{} for _ in range(count)], [model.Partition(n) for n in range(count)],
                  stored.load(folder / "redis.jsonl", count))
        run._read_log(folder / "log.jsonl")
        run._fold()
        return run

    def _read_log(self, path):
        with open(path) as file:
            for line in file:
                record = json.loads(line)
                self.records[record["p"]][record["o"]] = tuple(
                    None if data is None else base64.b64decode(data) for data in (record["k"], record["v"]))

    def _fold(self):
        wanted = defaultdict(set)
        for standing in self.events.of("standing"):
            wanted[standing["partition"]].add(standing["position"])
        for number, partition in enumerate(self.partitions):
            partition.wanted = wanted[number]
            for offset in sorted(self.records[number]):
                partition.apply(offset, *self.records[number][offset])
