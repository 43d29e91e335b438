"""
What a record leaves behind that the log took back after it had been folded: once as it happens with a broker without
leader epochs, which is no violation, and then with one thing after the other as it must not be.
"""

from contextlib import contextmanager

import answers
import reads
import state
from falsified import another, changed
from possible import text_of


def violations(run):
    """What those parts of the checker find that see any of this: all others find what they would without it."""
    return [*answers.acknowledged(run), *state.while_it_ran(run), *reads.check(run)]


class TakenBack:
    """
    From some look at a partition on, Redis is another fold than that of the log; the partition says so; and a read saw
    what was taken back.
    """

    def __init__(self, run):
        self.before, self.right = next(
            step for partition in run.partitions if (step := last_step(run, partition.number)))
        number, since, self.position = self.before["partition"], self.before["t"], self.right["position"]
        folded = self.right | {"digest": "another", "decision_digest": "another"}
        self.looks = [look for look in run.events.of("standing") if look["partition"] != number or look["t"] <= since]
        self.looks += [folded | {"t": since + step} for step in (1, 2, 3)]
        self.halted = {"t": since + 2, "partition": number, "position": self.position, "why": "another record"}
        self.given_up = []
        account, was = open_at(run.partitions[number], self.before["position"])
        self.read = {"t": since + 2, "account": text_of(account), "min": 0, "position": self.position - 1,
                     "holder": was.holder.decode(), "currency": was.currency.decode(), "closed": was.closed,
                     "balance": was.balance + 1, "version": was.version + 1}

    def give_up(self):
        """The operator gives the state up, and it is folded anew."""
        self.given_up.append({"t": self.before["t"] + 4, "partition": self.before["partition"]})
        self.looks.append(self.before | {"t": self.before["t"] + 5})

    @contextmanager
    def left_in(self, run, old_broker=True):
        others = run.events.others
        with changed(run.events.of("bank")[0], "is_kafka09", old_broker), changed(others, "standing", self.looks), \
                changed(others, "halted", [*run.events.of("halted"), self.halted]), \
                changed(others, "given_up", [*run.events.of("given_up"), *self.given_up]), \
                changed(others, "read", [*run.events.of("read"), self.read]):
            yield


def last_step(run, number):
    """The last two looks between which Redis went on in a partition; none if it never did."""
    looks = [look for look in run.events.of("standing") if look["partition"] == number]
    steps = [step for step in zip(looks, looks[1:]) if 0 < step[0]["position"] < step[1]["position"]]
    return steps[-1] if steps else None


def open_at(partition, position):
    """Some account that was open at a position, and how it was."""
    return next((account, was) for account in partition.versions if (was := partition.account_at(account, position)))


@contextmanager
def halted(run):
    """The partition is halted, and stays so."""
    with TakenBack(run).left_in(run):
        yield


@contextmanager
def given_up(run):
    """The partition is halted, its state is given up, and Redis is the fold of the log again."""
    halt = TakenBack(run)
    halt.give_up()
    with halt.left_in(run):
        yield


@contextmanager
def without_a_word(run):
    """I7: Redis is another fold, and it is another partition that says that it is halted."""
    halt = TakenBack(run)
    halt.halted["partition"] = (halt.before["partition"] + 1) % len(run.partitions)
    with halt.left_in(run):
        yield


@contextmanager
def halted_elsewhere(run):
    """I7: the partition says that it is halted, and Redis stands at another place."""
    halt = TakenBack(run)
    halt.halted["position"] += 1
    with halt.left_in(run):
        yield


@contextmanager
def halted_before(run):
    """I7: the partition said that it is halted before all this."""
    halt = TakenBack(run)
    halt.halted["t"] = halt.before["t"]
    with halt.left_in(run):
        yield


@contextmanager
def halted_for_another_reason(run):
    """I7: the partition is halted, and not because of its log."""
    halt = TakenBack(run)
    halt.halted.pop("position")
    with halt.left_in(run):
        yield


@contextmanager
def halted_and_changed(run):
    """I7: what Redis holds became another thing while the partition was halted."""
    halt = TakenBack(run)
    halt.looks[-1]["digest"] = "yet another"
    with halt.left_in(run):
        yield


@contextmanager
def mended_without_a_word(run):
    """I7: Redis is the fold of the log again, and nobody had given it up."""
    halt = TakenBack(run)
    halt.looks.append(halt.right | {"t": halt.before["t"] + 5})
    faults = [fault for fault in run.events.of("fault") if fault["healed"] < halt.before["t"]]
    with halt.left_in(run), changed(run.events.others, "fault", faults):
        yield


@contextmanager
def taken_back_by_a_new_broker(run):
    """I7: the broker has leader epochs, and must not take back what it had shown."""
    with TakenBack(run).left_in(run, old_broker=False):
        yield


@contextmanager
def taken_back_though_answered(run):
    """I7: somebody had been told of the record that was taken back."""
    halt = TakenBack(run)
    with halt.left_in(run), answered_at(run, halt):
        yield


@contextmanager
def lost_though_answered(run):
    """I1: the same, and the answer is not in the log."""
    with taken_back_though_answered(run):
        yield


@contextmanager
def answered_at(run, halt):
    """An answer names the place of the record that was taken back, where another one stands now."""
    place = halt.before["partition"], halt.position - 1
    op = next(op for op in reversed(run.events.operations)
              if op.outcome == "accepted" and op.answer.get("offset") is not None and op.place != place
              and op.place[0] == place[0])
    with another(op, "answer", op.answer | {"offset": place[1]}):
        yield


@contextmanager
def read_without_a_record(run):
    """I8: beside a halt, a read says another balance of an account that no record had touched."""
    halt = TakenBack(run)
    halt.read["version"] -= 1
    with halt.left_in(run):
        yield


@contextmanager
def read_of_too_much(run):
    """I8: a read has more versions than records were taken back."""
    halt = TakenBack(run)
    halt.read["version"] += halt.position - halt.before["position"]
    with halt.left_in(run):
        yield


@contextmanager
def read_afterwards(run):
    """I8: the partition is folded anew, and a read still has what was taken back."""
    halt = TakenBack(run)
    halt.give_up()
    halt.read["t"] = halt.before["t"] + 6
    with halt.left_in(run):
        yield


RIGHT = (halted, given_up)
FALSE = (without_a_word, halted_elsewhere, halted_before, halted_for_another_reason, halted_and_changed,
         mended_without_a_word, taken_back_by_a_new_broker, taken_back_though_answered, lost_though_answered,
         read_without_a_record, read_of_too_much, read_afterwards)
