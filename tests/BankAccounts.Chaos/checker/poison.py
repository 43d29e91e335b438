"""
Writes one record of each kind of poison that it can think of into the bank's topic:

    poison.py FOLDER KAFKA REDIS PARTITIONS [--kafka09] --seed SEED

The kinds come from the contract (log_record.proto): each field of each body at its bounds and beyond, each record cut at
each byte, each byte of it changed, frames, keys and partitions that do not fit. Records of a newer format are left out:
those halt a partition, as they must. FOLDER/poison.jsonl has a line per record: its kind, its place, and the void that it
has to be (empty where the model of the ledger is to say). Prints how many there were.
"""

import json
import random
import struct
import sys
from pathlib import Path

import frame
from contracts import log
from google.protobuf.descriptor import FieldDescriptor
from kafka import KafkaProducer
from possible import text_of

TOPIC = "bank-accounts"
NOWHERE = 60_000  # a partition that no bank of a test has

INTEGERS = (-2**63, -2**31, -1, 0, 1, 2, 65_535, 65_536, 65_537, 2**31 - 1, 10**15, 10**15 + 1, 253_402_300_799_999,
            253_402_300_800_000, 2**63 - 1)
LENGTHS = (0, 1, 2, 3, 4, 15, 16, 17, 31, 32, 33, 99, 100, 101, 199, 200, 201, 801, 4_000)
TEXTS = (b"\0", b"a\0b", b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\x80", b"\xef\xbf\xbd", b"\x7f", "\x85".encode(), b"usd",
         b"US", "\U0001f600".encode() * 200, "\U0001f600".encode() * 201)


def account_in(number):
    data = bytearray(random.randbytes(16))
    data[0:2] = number.to_bytes(2, "big")
    data[6] = data[6] & 0x0F | 0x80
    data[8] = data[8] & 0x3F | 0x80
    return bytes(data)


def head():
    return {"recorded_at_ms": 1_800_000_000_000, "producer_id": random.randbytes(16), "producer_sequence": 1}


def records(number, partitions):
    """A record of each body that is possible, with its key. What it asks for is refused, or moves no money."""
    here, there = account_in(number), account_in((number + 1) % partitions)
    key = text_of(here).encode()
    money = {"amount": 5, "currency_code": b"USD", "description": b"poison"}
    return [
        (key, log.LogRecord(**head(), create=log.CreateEvent(account_id=here, holder_name=b"Eve", currency_code=b"USD"))),
        (key, log.LogRecord(**head(), request_id=b"r", deposit=log.DepositEvent(account_id=here, **money))),
        (key, log.LogRecord(**head(), withdraw=log.WithdrawEvent(account_id=here, **money))),
        (key, log.LogRecord(**head(), transfer=log.TransferEvent(
            from_account_id=here, to_account_id=there, partition_count=partitions, **money))),
        (key, log.LogRecord(**head(), close=log.CloseEvent(account_id=here))),
        (key, log.LogRecord(**head(), transfer_credit=log.TransferCreditEvent(
            from_account_id=there, to_account_id=here, sequence=10**9, source_offset=1, chain=bytes(32), settled_below=1,
            further=[log.FurtherCredit(from_account_id=there, to_account_id=here, source_offset=2, **money)], **money))),
        (key, log.LogRecord(**head(), transfer_settle=log.TransferSettleEvent(
            from_account_id=here, to_account_id=there, sequence=10**9, chain=bytes(32), last_sequence=10**9 + 2,
            further_reasons=[0, 12]))),
        (None, log.LogRecord(**head(), channel_release=log.ChannelReleaseEvent(
            source_partition=(number + 1) % partitions, destination_partition=number, halted_by_offset=10**15,
            description=b"poison"))),
    ]


def body_of(record):
    return getattr(record, record.WhichOneof("body"))


def values_of(field):
    """What a field is set to: every value that its bounds are near of."""
    if field.type == FieldDescriptor.TYPE_BYTES:
        return [b"x" * length for length in LENGTHS] + [random.randbytes(length) for length in (16, 32, 100)] + list(TEXTS)
    if field.type == FieldDescriptor.TYPE_INT32:
        return [value for value in INTEGERS if -2**31 <= value < 2**31]
    return INTEGERS


def shown(value):
    return f"{len(value)} bytes {value[:12].hex()}" if isinstance(value, bytes) else str(value)


def with_fields(number, partitions):
    """Each field of each record at each value."""
    for which in range(len(records(number, partitions))):
        sample = records(number, partitions)[which][1]
        body = sample.WhichOneof("body")
        parts = [("", lambda record: record), (body + ".", body_of)]
        if body == "transfer_credit":
            parts.append((body + ".further.", lambda record: body_of(record).further[0]))
        for place, part_of in parts:
            for field in part_of(sample).DESCRIPTOR.fields:
                if field.type == FieldDescriptor.TYPE_MESSAGE:
                    continue
                for value in values_of(field):
                    key, record = records(number, partitions)[which]
                    put(part_of(record), field, value)
                    if not halts_a_channel(record):
                        yield f"{sample.WhichOneof('body')}: {place}{field.name} = {shown(value)}", key, frame.encode(record), ""


def put(message, field, value):
    if field.label == FieldDescriptor.LABEL_REPEATED:
        getattr(message, field.name)[:] = [0, value]
    else:
        setattr(message, field.name, value)


def crowds(number, partitions):
    """As many transfers in a record as there may be, and one more."""
    for count in (63, 64):
        for which, name in ((5, "further"), (6, "further_reasons")):
            key, record = records(number, partitions)[which]
            further = getattr(body_of(record), name)
            first = further[0]
            del further[:]
            further.extend([first] * count)
            if which == 6:
                record.transfer_settle.last_sequence += count
            yield f"{record.WhichOneof('body')}: {count} further", key, frame.encode(record), "" if count == 63 else "IMPOSSIBLE"


def halts_a_channel(record):
    """A forged credit that a channel cannot have: those come last, each in a channel of its own."""
    credit = record.transfer_credit
    return record.WhichOneof("body") == "transfer_credit" and (
        0 < credit.sequence < 10**6 or credit.settled_below > 1)


def cut_and_changed(number, partitions):
    """Each record cut at each byte, with its own checksum and with one that is right; and with one bit changed."""
    for key, record in records(number, partitions):
        name, good = record.WhichOneof("body"), frame.encode(record)
        for end in range(len(good)):
            yield f"{name}: cut at byte {end}", key, good[:end], "BAD_FRAME"
            changed = good[:end] + bytes([good[end] ^ 1 << random.randrange(8)]) + good[end + 1:]
            yield f"{name}: byte {end} changed", key, changed, "BAD_FRAME"
        for end in range(len(good) - 10):
            if known_fields_only(good[10:10 + end]):
                yield f"{name}: payload cut at byte {end}", key, framed(good[10:10 + end]), ""
            payload = bytearray(good[10:])
            payload[end] ^= 1 << random.randrange(8)
            if known_fields_only(payload):
                yield f"{name}: payload byte {end} changed", key, framed(payload), ""


def framed(payload, version=frame.RULES_VERSION):
    head_bytes = struct.pack(">H", version)
    return b"BANK" + head_bytes + struct.pack(">I", frame.crc32c(head_bytes + bytes(payload))) + bytes(payload)


def known_fields_only(payload):
    """Whether a payload halts nothing: it is no record, or one in which every field is known."""
    record = frame.parse(payload)
    return record is None or not has_unknown(record) and not halts_a_channel(record)


def has_unknown(message):
    return len(message.UnknownFields()) > 0 or any(
        has_unknown(part) for field, value in message.ListFields() if field.type == FieldDescriptor.TYPE_MESSAGE
        for part in (value if field.label == FieldDescriptor.LABEL_REPEATED else [value]))


def framings(number, partitions):
    """Frames that are none, and records that are written in another way than by the bank."""
    key, record = records(number, partitions)[1]
    good = frame.encode(record)
    payload = good[10:]
    yield "no value", key, None, "BAD_FRAME"
    for size in (0, 1, 9, 10, 11, 100, 8_191, 8_192, 8_193, 65_536, 900_000):
        yield f"{size} random bytes", key, random.randbytes(size), "BAD_FRAME"
        yield f"{size} zeros", key, bytes(size), "BAD_FRAME"
    for size in range(1, 60):
        yield f"{size} random bytes after the magic", key, b"BANK" + random.randbytes(size), "BAD_FRAME"
    for magic in (b"bank", b"BANJ", b"KNAB", b"\0\0\0\0", b"BAN"):
        yield f"the magic {magic}", key, magic + good[4:], "BAD_FRAME"
    for version in (0, 2, 255, 256, 65_535):
        yield f"version {version} under another checksum", key, good[:4] + struct.pack(">H", version) + good[6:], "BAD_FRAME"
    yield "a frame in a frame", key, good + good, "BAD_FRAME"
    yield "a frame one byte too large", key, framed(payload + b"\x2a\xff\x3f" + bytes(8_191)), "BAD_FRAME"
    yield "the largest frame, of text that is too long", key, framed(payload + b"\x2a" + size_of(8_192 - 10 - len(payload) - 3)), ""
    yield "no payload", key, framed(b""), "IMPOSSIBLE"
    yield "a field twice", key, framed(payload + b"\x08\x01"), ""
    yield "a number in eleven bytes", key, framed(b"\x08" + b"\x80" * 10 + b"\x01" + payload), "MALFORMED"
    yield "a number longer than it need be", key, framed(b"\x08\x81\x80\x80\x00" + payload), ""
    yield "a field of number 0", key, framed(b"\x00\x00" + payload), "MALFORMED"
    yield "an end of a group", key, framed(payload + b"\x0c"), "MALFORMED"
    yield "wire type 6", key, framed(payload + b"\x6e"), "MALFORMED"
    yield "wire type 7 in a body", key, framed(payload + b"\x8a\x01\x01\x0f"), "MALFORMED"
    yield "a length beyond the end", key, framed(payload + b"\x22\x7f"), "MALFORMED"
    yield "a length of 2 GiB", key, framed(payload + b"\x22\xff\xff\xff\xff\x07"), "MALFORMED"
    for _, other in records(number, partitions):
        yield f"two bodies, {other.WhichOneof('body')} last", key, framed(payload + other.SerializeToString()), ""


def size_of(length):
    """A length in two bytes, and so many bytes."""
    return bytes([length & 0x7F | 0x80, length >> 7]) + bytes(length)


def keys(number, partitions):
    """Keys and partitions that are another record's."""
    for key, record in records(number, partitions):
        name, value = record.WhichOneof("body"), frame.encode(record)
        others = [b"", b"\0", b"\xff\xfe", b"x" * 1_000, text_of(account_in(number)).encode(),
                  text_of(account_in((number + 1) % partitions)).encode()]
        if key is None:
            others.append(b"channel")
        else:
            others += [None, key.upper() + b" ", key.replace(b"-", b""), b"{" + key + b"}", key[:-1]]
        for other in others:
            yield f"{name}: the key {other if other is None else other[:40]}", other, value, "WRONG_PARTITION"
    for step in range(1, partitions):
        for key, record in records((number + step) % partitions, partitions):
            yield f"{record.WhichOneof('body')}: of {step} partitions further", key, frame.encode(record), "WRONG_PARTITION"
    for key, record in records(number, partitions)[:5]:
        body = body_of(record)
        name = "from_account_id" if hasattr(body, "from_account_id") else "account_id"
        setattr(body, name, account_in(NOWHERE))
        yield f"{record.WhichOneof('body')}: of no partition", text_of(getattr(body, name)).encode(), frame.encode(record), \
            "WRONG_PARTITION"


def forgeries(number, partitions):
    """Settlements of transfers that never were, and credits that halt a channel: the next one is void for that."""
    for sequence in (1, 2, 1_000, 2**63 - 1):
        key, record = records(number, partitions)[6]
        record.transfer_settle.to_account_id = account_in(NOWHERE)
        record.transfer_settle.sequence = record.transfer_settle.last_sequence = sequence
        del record.transfer_settle.further_reasons[:]
        yield f"a settlement of transfer {sequence} to nowhere", key, frame.encode(record), "SETTLE_ORPHAN"
    for source in (number, (number + 5) % partitions, NOWHERE + number):
        for expected in ("", "CHANNEL_HALTED"):
            key, record = records(number, partitions)[5]
            credit = record.transfer_credit
            credit.from_account_id, credit.chain = account_in(source), random.randbytes(32)
            credit.sequence = credit.settled_below = 10**9
            credit.further[0].from_account_id = credit.from_account_id
            yield f"a forged credit {'behind one ' if expected else ''}from partition {source}", key, frame.encode(record), expected


def main(folder, bootstrap, _, partitions, *arguments):
    random.seed(int(arguments[arguments.index("--seed") + 1]))
    partitions = int(partitions)
    families = [with_fields, cut_and_changed, framings, keys]
    kinds = [kind for number, family in enumerate(families) for kind in
             ((number, *one) for one in family(number % partitions, partitions))]
    kinds += [(0, *one) for one in crowds(0, partitions)]
    kinds += [(number % partitions, *one) for number in (4, 5) for one in forgeries(number % partitions, partitions)]

    options = {"api_version": (0, 9)} if "--kafka09" in arguments else {}
    producers = [KafkaProducer(bootstrap_servers=bootstrap.split(","), acks="all", retries=0, compression_type=compression,
                               **options) for compression in (None, "gzip")]
    sent = []
    for place, (number, name, key, value, void) in enumerate(kinds):
        # In the order of the list: the two producers do not overtake each other, nor does a partition itself.
        producer = producers[number % 2]
        sent.append((name, number, void, producer.send(TOPIC, value=value, key=key, partition=number)))
    with open(Path(folder) / "poison.jsonl", "w") as file:
        for name, number, void, future in sent:
            file.write(json.dumps({"kind": name, "p": number, "o": future.get(timeout=30).offset, "void": void}) + "\n")
    print(f"{len({(number, name) for name, number, _, _ in sent})} kinds of poison in {len({number for _, number, *_ in sent})} partitions")


if __name__ == "__main__":
    main(*sys.argv[1:])
