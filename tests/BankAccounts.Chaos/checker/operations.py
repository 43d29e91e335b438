"""What the driver wrote down while the faults went on: a JSON line per event, in the order of its clock (µs)."""

import json
from dataclasses import dataclass, field

DECIDED = ("accepted", "rejected", "pending")


@dataclass
class Operation:
    """One attempt of a command: what was asked, when, and the answer if there was one."""
    asked: dict
    answer: dict = None

    @property
    def outcome(self):
        return self.answer["outcome"] if self.answer else "unknown"

    @property
    def is_decided(self):
        return self.outcome in DECIDED

    @property
    def is_acknowledged(self):
        return self.is_decided or self.outcome == "stored"

    @property
    def account(self):
        """The account in its text form; none for a create that was not answered with it."""
        return self.asked.get("account") or (self.answer or {}).get("account")

    @property
    def subject(self):
        """What the request id belongs to, known even without an answer."""
        return ("create", self.asked["holder"]) if self.asked["kind"] == "create" else self.asked["account"]

    @property
    def content(self):
        """What was asked, apart from when and by whom."""
        return tuple(self.asked.get(name) for name in ("kind", "to", "amount", "currency", "description", "holder"))

    @property
    def place(self):
        return self.answer["partition"], self.answer["offset"]


@dataclass
class Events:
    """Everything that was written down."""
    operations: list = field(default_factory=list)
    others: dict = field(default_factory=dict)

    def of(self, kind):
        return self.others.get(kind, [])

    def lost_redis(self, after, before):
        """Whether a fault took data from Redis between two moments."""
        return any(fault["redis_loss"] and fault["t"] <= before and fault["healed"] >= after
                   for fault in self.of("fault"))

    @staticmethod
    def load(path):
        events, by_id = Events(), {}
        with open(path) as file:
            for line in file:
                event = json.loads(line)
                kind = event["event"]
                if kind == "invoke":
                    by_id[event["id"]] = Operation(event)
                    events.operations.append(by_id[event["id"]])
                elif kind == "return":
                    by_id[event["id"]].answer = event
                else:
                    events.others.setdefault(kind, []).append(event)
        return events
