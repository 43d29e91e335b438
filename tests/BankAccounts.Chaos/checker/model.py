"""
The ledger of one partition as docs/LEDGER.md tells it, in the plainest form: all of the state in dictionaries, nothing
ever forgotten (what the bank forgets is older than 24 hours of the log's own time, and a run is shorter).
"""

import hashlib
import struct
from dataclasses import dataclass, field, replace

import frame
import possible
from contracts import reason_name, store

MAX_BALANCE = 2**63 - 1
WINDOW = 1024
PENDING_CODE = 2**31 - 1
EMPTY = bytes(32)

ACCEPTED = ""


@dataclass(frozen=True)
class Account:
    holder: bytes
    currency: bytes
    opened_at: int
    balance: int = 0
    version: int = 1
    closed: bool = False
    unsettled: int = 0
    entries: int = 0
    last_entry: int = 0


@dataclass(frozen=True)
class Decision:
    """What became of a command: where it was decided first, the reason of a refusal, the account afterwards."""
    offset: int
    reason: str
    balance: int
    version: int
    pending: bool = False


@dataclass(frozen=True)
class Entry:
    """One line of an account's history."""
    kind: str
    amount: int
    description: bytes
    request: bytes
    time: int
    decision: Decision
    counterparty: bytes
    number: int
    at: int


@dataclass
class Outgoing:
    next: int = 1
    chain: bytes = EMPTY
    unsettled: dict = field(default_factory=dict)


@dataclass
class Incoming:
    last: int = 0
    chain: bytes = EMPTY
    settled_below: int = 1
    halted_by: int = None
    expected: bytes = b""
    refused: dict = field(default_factory=dict)


@dataclass
class Transfer:
    sequence: int
    offset: int
    chain: bytes
    record: object
    currency: bytes


def chain_of(before, sequence, offset, sender, receiver, amount, currency):
    """SHA-256 over the chain before it and everything that matters in a transfer."""
    return hashlib.sha256(before + struct.pack(">qq", sequence, offset) + sender + receiver
                          + struct.pack(">qi", amount, len(currency)) + currency).digest()


def reason_number(name):
    return store.Reason.Value("REASON_" + name) if name else 0


class Partition:
    """Folds the records of one partition in their order."""

    def __init__(self, number):
        self.number = number
        self.position = 0
        self.log_digest = EMPTY
        self.decision_digest = EMPTY
        self.stream_time = 0
        self.accounts = {}
        self.versions = {}       # account -> [(offset, account afterwards)]
        self.histories = {}      # account -> [Entry]
        self.requests = {}       # (account, request id) -> (what was asked, decision)
        self.producers = {}      # producer -> [highest sequence, {sequence: offset}]
        self.outgoing = {}
        self.incoming = {}
        self.transfers = {}      # offset -> (Transfer, decision)
        self.voids = []          # (offset, reason, first offset)
        self.answers = {}        # offset -> Decision, or the name of the void
        self.pending_answers = {}  # offset -> the decision on a transfer while it was pending
        self.digests = {}        # position -> (log digest, decision digest), where somebody looked
        self.wanted = set()      # those positions
        self.counts = dict.fromkeys(
            ("accepted", "rejected", "repeated", "voids", "accounts", "credited", "refused", "settled"), 0)
        self.deposits = 0
        self.withdrawals = 0

    # One record

    def apply(self, offset, key, value):
        self.log_digest = hashlib.sha256(
            self.log_digest + struct.pack(">q", offset) + self._sized(key) + self._sized(value)).digest()
        self.position = offset + 1
        self._fold(offset, key, value)
        if self.position in self.wanted:
            self.digests[self.position] = (self.log_digest, self.decision_digest)

    @staticmethod
    def _sized(data):
        return struct.pack(">i", -1) if data is None else struct.pack(">i", len(data)) + data

    def _fold(self, offset, key, value):
        record, bad = frame.decode(value)
        if bad:
            return self._void(offset, bad)
        if not possible.is_possible(record):
            return self._void(offset, "IMPOSSIBLE")
        kind = record.WhichOneof("body")
        if kind == "channel_release":
            fits = record.channel_release.destination_partition == self.number and key is None
            return self._release(offset, record) if fits else self._void(offset, "WRONG_PARTITION")
        account = possible.account_of(record)
        if not possible.is_account(account):
            return self._void(offset, "IMPOSSIBLE")
        if possible.partition_of(account) != self.number or key != possible.text_of(account).encode():
            return self._void(offset, "WRONG_PARTITION")
        if kind == "transfer_credit":
            return self._credit(offset, record)
        if kind == "transfer_settle":
            return self._settle(offset, record)
        return self._command(offset, account, kind, record)

    def _command(self, offset, account, kind, record):
        seen = self.producers.setdefault(record.producer_id, [0, {}])
        sequence = record.producer_sequence
        if sequence <= seen[0] - WINDOW:
            return self._void(offset, "REDELIVERY")
        if sequence in seen[1]:
            return self._void(offset, "REDELIVERY", seen[1][sequence])
        self._move_time(record)
        seen[1][sequence] = offset
        if sequence - seen[0] >= WINDOW:
            seen[:] = sequence, {sequence: offset}
        elif sequence > seen[0]:
            for old in range(seen[0] - WINDOW + 1, sequence - WINDOW + 1):
                seen[1].pop(old, None)
            seen[0] = sequence

        asked = self._asked(kind, record)
        request = (account, record.request_id)
        if record.request_id and request in self.requests:
            first, decision = self.requests[request]
            if first == asked:
                self.counts["repeated"] += 1
                return self._tell(offset, decision)
            return self._conclude(offset, account, kind, record, "REQUEST_ID_REUSED", self.accounts.get(account))
        reason, after = self._decide(account, kind, record)
        decision = self._conclude(offset, account, kind, record, reason, after)
        if decision.pending:
            self._open(offset, record, after.currency, decision)
        if record.request_id:
            self.requests[request] = (asked, decision)

    @staticmethod
    def _asked(kind, record):
        """What makes two requests the same: the named fields, never times or generated ids."""
        body = getattr(record, kind)
        if kind == "create":
            return kind, body.holder_name, body.currency_code
        if kind == "close":
            return (kind,)
        to = body.to_account_id if kind == "transfer" else b""
        return kind, body.amount, body.currency_code, body.description, to

    # The table of refusals, in its order

    def _decide(self, account, kind, record):
        here = self.accounts.get(account)
        body = getattr(record, kind)
        if kind == "create":
            if here:
                return "ACCOUNT_EXISTS", here
            self.counts["accounts"] += 1
            return ACCEPTED, Account(body.holder_name, body.currency_code, record.recorded_at_ms)
        if not here:
            return "ACCOUNT_NOT_FOUND", None
        if kind == "transfer" and possible.partition_of(body.to_account_id) >= body.partition_count:
            return "DESTINATION_NOT_FOUND", here
        if here.closed:
            return "ACCOUNT_CLOSED", here
        if kind == "close":
            return self._close(here)
        if body.currency_code and body.currency_code != here.currency:
            return "CURRENCY_MISMATCH", here
        if kind == "transfer" and body.to_account_id == account:
            return "SAME_ACCOUNT", here
        if kind == "deposit":
            if here.balance + here.unsettled + body.amount > MAX_BALANCE:
                return "BALANCE_LIMIT", here
            self.deposits += body.amount
            return ACCEPTED, self._next(here, balance=here.balance + body.amount)
        if body.amount > here.balance:
            return "INSUFFICIENT_FUNDS", here
        if kind == "withdraw":
            self.withdrawals += body.amount
            return ACCEPTED, self._next(here, balance=here.balance - body.amount)
        channel = self.outgoing.get(possible.partition_of(body.to_account_id))
        if channel and len(channel.unsettled) >= 100_000:
            return "CHANNEL_FULL", here
        return ACCEPTED, self._next(
            here, balance=here.balance - body.amount, unsettled=here.unsettled + body.amount)

    def _close(self, here):
        if here.unsettled:
            return "TRANSFERS_UNSETTLED", here
        if here.balance:
            return "BALANCE_NOT_ZERO", here
        return ACCEPTED, self._next(here, closed=True)

    @staticmethod
    def _next(account, **changed):
        return replace(account, version=account.version + 1, **changed)

    # Transfers

    def _open(self, offset, record, currency, decision):
        body = record.transfer
        channel = self.outgoing.setdefault(possible.partition_of(body.to_account_id), Outgoing())
        channel.chain = chain_of(channel.chain, channel.next, offset, body.from_account_id, body.to_account_id,
                                 body.amount, currency)
        transfer = Transfer(channel.next, offset, channel.chain, record, currency)
        channel.unsettled[channel.next] = transfer
        channel.next += 1
        self.transfers[offset] = (transfer, decision)
        self.pending_answers[offset] = decision

    def _credit(self, offset, record):
        body = record.transfer_credit
        source = possible.partition_of(body.from_account_id)
        channel = self.incoming.get(source, Incoming())
        if channel.halted_by is not None:
            return self._void(offset, "CHANNEL_HALTED")
        new = [(number, one) for number, one in possible.sent(body) if number > channel.last]
        if self._is_refuted(channel, body, new):
            channel.halted_by = offset
            self.incoming[source] = channel
            return self._void(offset, "CREDIT_ORPHAN")
        if body.sequence > channel.last + 1:
            return self._void(offset, "CREDIT_GAP")
        if not new:
            self._free_refusals(channel, body)
            return self._void(offset, "CREDIT_REPEATED")
        self.incoming[source] = channel
        self._move_time(record)
        channel.chain, channel.expected = body.chain, b""
        decisions = [self._take(offset, record, channel, number, one) for number, one in new]
        self._free_refusals(channel, body)
        # The answer at the record's place is that to the first which it took.
        self.answers[offset] = decisions[0]

    def _take(self, offset, record, channel, number, body):
        account = body.to_account_id
        reason, after = self._decide_credit(self.accounts.get(account), body)
        channel.last = number
        if reason:
            channel.refused[number] = reason
        self.counts["refused" if reason else "credited"] += 1
        decision = Decision(offset, reason, after.balance if after else 0, after.version if after else 0)
        if after:
            self._enter(account, after, record, "TRANSFER_IN", body.amount, body.description, b"",
                        body.from_account_id, decision, offset)
        self._tell(offset, decision)
        return decision

    @staticmethod
    def _is_refuted(channel, body, new):
        """Proof that the two ends of a channel do not tell the same story."""
        if body.sequence > channel.last + 1:
            return body.settled_below > channel.last + 1
        if not new:
            ends_here = body.sequence + len(body.further) == channel.last
            return ends_here and not channel.expected and body.chain != channel.chain
        chain = channel.chain
        for number, one in new:
            chain = channel.expected if channel.expected and number == channel.last + 1 else chain_of(
                chain, number, one.source_offset, one.from_account_id, one.to_account_id, one.amount, one.currency_code)
        return body.chain != chain

    def _decide_credit(self, here, body):
        if not here:
            return "DESTINATION_NOT_FOUND", None
        if here.closed:
            return "DESTINATION_CLOSED", here
        if body.currency_code != here.currency:
            return "DESTINATION_CURRENCY_MISMATCH", here
        if here.balance + here.unsettled + body.amount > MAX_BALANCE:
            return "DESTINATION_BALANCE_LIMIT", here
        return ACCEPTED, self._next(here, balance=here.balance + body.amount)

    @staticmethod
    def _free_refusals(channel, body):
        if body.settled_below > channel.settled_below:
            channel.settled_below = body.settled_below
            for sequence in [number for number in channel.refused if number < body.settled_below]:
                del channel.refused[sequence]

    def _settle(self, offset, record):
        body = record.transfer_settle
        through = body.sequence + len(body.further_reasons)
        channel = self.outgoing.get(possible.partition_of(body.to_account_id))
        if not channel or through >= channel.next:
            return self._void(offset, "SETTLE_ORPHAN")
        if through not in channel.unsettled:
            return self._void(offset, "SETTLE_REPEATED")
        first = channel.unsettled.get(body.sequence)
        if (body.chain != channel.unsettled[through].chain or body.last_sequence >= channel.next
                or first and (body.from_account_id != first.record.transfer.from_account_id
                              or body.to_account_id != first.record.transfer.to_account_id)):
            return self._void(offset, "SETTLE_ORPHAN")
        self._move_time(record)
        for number, reason in possible.answered(body):
            transfer = channel.unsettled.pop(number, None)
            if transfer:
                self._end(offset, record, transfer, reason_name(reason))

    def _end(self, offset, record, transfer, reason):
        asked = transfer.record.transfer
        account = asked.from_account_id
        here = self.accounts[account]
        after = self._next(here, unsettled=here.unsettled - asked.amount,
                           balance=here.balance + (asked.amount if reason else 0))
        final = Decision(transfer.offset, reason, after.balance, after.version)
        kind = "TRANSFER_REFUNDED" if reason else "TRANSFER_SETTLED"
        request = transfer.record.request_id
        self._enter(account, after, record, kind, asked.amount, asked.description, request, asked.to_account_id,
                    final, offset)
        self.transfers[transfer.offset] = (transfer, final)
        if request:
            self.requests[account, request] = (self._asked("transfer", transfer.record), final)
        self.counts["settled"] += 1
        self._tell(transfer.offset, final)

    def _release(self, offset, record):
        body = record.channel_release
        self._move_time(record)
        channel = self.incoming.get(body.source_partition)
        released = channel is not None and channel.halted_by == body.halted_by_offset
        if released:
            channel.halted_by = None
            if body.next_sequence:
                channel.expected, channel.last = body.next_chain, body.next_sequence - 1
                channel.settled_below = min(channel.settled_below, body.next_sequence)
                channel.refused = {n: why for n, why in channel.refused.items() if n < body.next_sequence}
        self.counts["accepted" if released else "rejected"] += 1
        self._tell(offset, Decision(offset, ACCEPTED if released else "CHANNEL_NOT_HALTED", 0, 0))

    # What is noted

    def _conclude(self, offset, account, kind, record, reason, after):
        decision = Decision(offset, reason, after.balance if after else 0, after.version if after else 0,
                            pending=kind == "transfer" and not reason)
        self.counts["rejected" if reason else "accepted"] += 1
        if after:
            body = getattr(record, kind)
            amount = body.amount if kind in ("deposit", "withdraw", "transfer") else 0
            description = body.description if amount else b""
            counterparty = body.to_account_id if kind == "transfer" else b""
            name = "TRANSFER_OUT" if kind == "transfer" else kind.upper()
            self._enter(account, after, record, name, amount, description, record.request_id, counterparty,
                        decision, offset)
        self._tell(offset, decision)
        return decision

    def _enter(self, account, after, record, kind, amount, description, request, counterparty, decision, at):
        after = replace(after, entries=after.entries + 1, last_entry=max(after.last_entry, record.recorded_at_ms))
        self.accounts[account] = after
        self.versions.setdefault(account, []).append((at, after))
        self.histories.setdefault(account, []).append(Entry(
            kind, amount, description, request, after.last_entry, decision, counterparty, after.entries, at))

    def _move_time(self, record):
        time = record.recorded_at_ms
        self.stream_time = time if self.stream_time == 0 else min(max(time, self.stream_time), self.stream_time + 10_000)

    def _tell(self, offset, decision):
        code = PENDING_CODE if decision.pending else reason_number(decision.reason)
        self._digest(offset, code, decision.balance, decision.version, decision.offset)
        self.answers[offset] = decision

    def _void(self, offset, reason, first=-1):
        self.counts["voids"] += 1
        self._digest(offset, -store.VoidReason.Value("VOID_REASON_" + reason), 0, 0, first)
        self.voids.append((offset, reason, first))
        self.answers[offset] = reason

    def _digest(self, offset, code, balance, version, first):
        self.decision_digest = hashlib.sha256(
            self.decision_digest + struct.pack(">qiqqq", offset, code, balance, version, first)).digest()

    def account_at(self, account, position):
        """The account as it was when every record below a position was folded; none if it was not open."""
        found = None
        steps = self.versions.get(account, ())
        low, high = 0, len(steps)
        while low < high:
            middle = (low + high) // 2
            if steps[middle][0] < position:
                found, low = steps[middle][1], middle + 1
            else:
                high = middle
        return found
