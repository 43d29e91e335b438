"""What Redis holds for one partition, decoded from its keys as RedisKeys.cs documents them."""

import base64
import json
import struct
from collections import defaultdict

import brotli

from contracts import log, reason_name, store
from model import Decision, Entry


def _bytes(text):
    return base64.b64decode(text)


def _pairs(data):
    return [(_bytes(name), _bytes(value)) for name, value in data]


def _parsed(kind, data):
    message = kind()
    message.ParseFromString(data)
    return message


def _account(text):
    return bytes.fromhex(text.replace("-", ""))


def decision_of(stored):
    return Decision(stored.offset, reason_name(stored.reason), stored.balance, stored.version, stored.pending)


def entry_of(stored):
    return Entry(store.Kind.Name(stored.kind)[len("KIND_"):], stored.amount, stored.description, stored.request_id,
                 stored.time_ms, decision_of(stored.decision), stored.counterparty, stored.number,
                 stored.decision.offset + stored.settled_after)


def _window(stored):
    seen, sequence, offset = {}, stored.highest_sequence, 0
    for step, offset_step, length in zip(stored.sequence_steps, stored.offset_steps, stored.lengths):
        sequence, offset = sequence - step, offset + offset_step
        for back in range(length):
            seen[sequence - back] = offset - back
        sequence, offset = sequence - (length - 1), offset - (length - 1)
    return stored.highest_sequence, seen


class StoredPartition:
    """The parts of a partition's state by their names, in the form in which the checks compare them."""

    def __init__(self):
        self.head = None
        self.accounts = {}
        self.names = {}
        self.histories = defaultdict(list)
        self.requests = {}
        self.producers = {}
        self.outgoing = {}
        self.unsettled = {}
        self.incoming = {}
        self.refused = {}
        self.transfers = {}
        self.voids = []
        self.decisions = {}

    def take(self, name, data):
        name, _, rest = name.partition(":")
        reader = getattr(self, "_" + name.replace("-", "_"), None)
        if reader:
            reader(data, rest)

    def finish(self):
        for entries in self.histories.values():
            entries.sort(key=lambda entry: entry.number)

    def _head(self, data, _):
        fields = dict(_pairs(data))
        head = _parsed(store.StoredHead, fields[b"head"])
        self.head = {
            "position": int(fields[b"position"]), "log digest": fields[b"digest"].hex(),
            "decision digest": head.decision_digest.hex(), "stream time": head.stream_time_ms,
            "accepted": head.accepted, "rejected": head.rejected, "repeated": head.repeated_requests,
            "voids": head.voids, "accounts": head.accounts, "credited": head.credited, "refused": head.refused,
            "settled": head.settled}
        if b"dirty" in fields:
            self.head["dirty"] = True

    def _accounts(self, data, _):
        for account, value in _pairs(data):
            s = _parsed(store.StoredAccount, value)
            self.accounts[account] = (s.holder_name, s.currency_code, s.balance, s.version, s.closed, s.unsettled,
                                      s.opened_at_ms, s.entries, s.last_entry_ms)
            self._add_entries(account, s.leaf)

    def _names(self, data, _):
        self.names = {_bytes(member): score for member, score in data}

    def _history(self, data, account):
        for leaf in data:
            self._add_entries(_account(account), _bytes(leaf))

    def _pages(self, data, account):
        for _, page in _pairs(data):
            self._add_entries(_account(account), brotli.decompress(page))

    def _add_entries(self, account, page):
        if page:
            entries = _parsed(store.StoredHistoryPage, page).entries
            self.histories[account] += [entry_of(one) for one in entries]

    def _requests(self, data, _):
        for key, value in _pairs(data):
            self.requests[key[:16], key[16:]] = decision_of(_parsed(store.StoredRequest, value).decision)

    def _producers(self, data, _):
        for producer, value in _pairs(data):
            self.producers[producer] = _window(_parsed(store.StoredProducer, value))

    def _channels_out(self, data, _):
        for key, value in _pairs(data):
            s = _parsed(store.StoredOutgoingChannel, value)
            self.outgoing[struct.unpack(">H", key)[0]] = (s.next_sequence, s.chain.hex())

    def _unsettled(self, data, _):
        for key, value in _pairs(data):
            s = _parsed(store.StoredUnsettled, value)
            record = _parsed(log.LogRecord, s.record)
            self.unsettled[struct.unpack(">Hq", key)] = (
                s.source_offset, s.chain.hex(), s.currency_code, record.transfer.amount)

    def _channels_in(self, data, _):
        for key, value in _pairs(data):
            s = _parsed(store.StoredIncomingChannel, value)
            self.incoming[struct.unpack(">H", key)[0]] = (
                s.last_sequence, s.chain.hex(), s.settled_below, s.halted_by_offset if s.halted else None,
                s.expected_chain.hex())

    def _refused(self, data, _):
        for key, value in _pairs(data):
            self.refused[struct.unpack(">Hq", key)] = reason_name(int(value))

    def _transfers(self, data, _):
        for key, value in _pairs(data):
            s = _parsed(store.StoredTransfer, value)
            self.transfers[struct.unpack(">q", key)[0]] = (
                s.from_account_id, s.to_account_id, s.amount, s.currency_code, s.description, s.sequence,
                s.recorded_at_ms, decision_of(s.decision))

    def _voids(self, data, _):
        for one in data:
            s = _parsed(store.StoredVoid, _bytes(one))
            self.voids.append((s.offset, store.VoidReason.Name(s.reason)[len("VOID_REASON_"):], s.first_offset))

    def _decisions(self, data, _):
        for s in _parsed(store.DecisionChunk, _bytes(data)).decisions:
            self.decisions[s.offset] = (
                decision_of(s.decision) if s.HasField("decision")
                else store.VoidReason.Name(s.void_reason)[len("VOID_REASON_"):])


def load(path, partitions):
    """The stored state of every partition."""
    all_of_them = [StoredPartition() for _ in range(partitions)]
    with open(path) as file:
        for line in file:
            key = json.loads(line)
            all_of_them[key["p"]].take(key["name"], key["data"])
    for one in all_of_them:
        one.finish()
    return all_of_them
