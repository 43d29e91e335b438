"""
Writes into the bank's topic what no service of the bank would:

    foreign.py KAFKA PARTITIONS KIND RECORDS SEED [--kafka09]

KIND is duplicates (records again that stand there), poison (what is no record, or is impossible) or orphans (credits and
settlements of transfers that never were). Prints what it wrote.
"""

import os
import random
import sys

import frame
from contracts import log
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from possible import is_account, text_of

TOPIC = "bank-accounts"
BACK = 200


def latest_records(bootstrap, number, options, count):
    """Some of the latest records of a partition."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, consumer_timeout_ms=10_000, **options)
    place = TopicPartition(TOPIC, number)
    end = consumer.end_offsets([place])[place]
    consumer.assign([place])
    consumer.seek(place, max(0, end - BACK))
    records = []
    while end > 0 and (not records or records[-1].offset + 1 < end):
        records.append(next(consumer))
    consumer.close()
    return [(record.key, record.value) for record in random.sample(records, min(count, len(records)))]


def account_in(number):
    data = bytearray(random.randbytes(16))
    data[0:2] = number.to_bytes(2, "big")
    data[6] = data[6] & 0x0F | 0x80
    data[8] = data[8] & 0x3F | 0x80
    assert is_account(data)
    return bytes(data)


def deposit(account, amount):
    return log.LogRecord(
        recorded_at_ms=1_800_000_000_000, producer_id=random.randbytes(16), producer_sequence=1,
        deposit=log.DepositEvent(account_id=account, amount=amount))


def poison(number, partitions):
    """One record that counts for nothing, with its key."""
    account = account_in(number)
    key = text_of(account).encode()
    good = frame.encode(deposit(account, 5))
    elsewhere = account_in((number + 1) % partitions)
    return random.choice([
        lambda: (key, random.randbytes(random.randrange(1, 300))),
        lambda: (key, good[:random.randrange(len(good))]),
        lambda: (key, bytes([*good[:-1], good[-1] ^ 1])),
        lambda: (key, None),
        lambda: (None, good),
        lambda: (text_of(elsewhere).encode(), frame.encode(deposit(elsewhere, 5))),
        lambda: (key, frame.encode(deposit(account, random.choice([0, -1, 10**15 + 1, 2**63 - 1, -2**63])))),
        lambda: (key, frame.encode(log.LogRecord(recorded_at_ms=1))),
        lambda: (b"\xff\x00", good),
        lambda: (key, os.urandom(9_000)),
    ])()


def orphan(number, partitions):
    """A credit or a settlement of a transfer that never was, with its key."""
    here, there = account_in(number), account_in(random.randrange(partitions))
    record = log.LogRecord(
        recorded_at_ms=1_800_000_000_000, producer_id=random.randbytes(16), producer_sequence=1)
    sequence = random.choice([1, 2, 3, 5, 50, 10_000])
    chain, further = random.randbytes(32), random.choice([0, 0, 1, 40])
    money = {"from_account_id": there, "to_account_id": here, "amount": 1_000_000, "currency_code": b"USD"}
    if random.random() < 0.5:
        record.transfer_credit.CopyFrom(log.TransferCreditEvent(
            sequence=sequence, chain=chain, settled_below=1, further=[log.FurtherCredit(**money)] * further, **money))
    else:
        record.transfer_settle.CopyFrom(log.TransferSettleEvent(
            from_account_id=here, to_account_id=there, sequence=sequence, chain=chain, last_sequence=sequence + further,
            reason=random.choice([0, 12, 13]), further_reasons=random.choices([0, 12, 13], k=further)))
    return text_of(here).encode(), frame.encode(record)


def main(bootstrap, partitions, kind, count, seed, *arguments):
    random.seed(int(seed))
    options = {"api_version": (0, 9)} if "--kafka09" in arguments else {}
    bootstrap, partitions, count = bootstrap.split(","), int(partitions), int(count)
    number = random.randrange(partitions)
    if kind == "duplicates":
        records = latest_records(bootstrap, number, options, count)
    else:
        make = {"poison": poison, "orphans": orphan}[kind]
        records = [make(number, partitions) for _ in range(count)]
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", retries=3, max_block_ms=10_000, **options)
    sent = [producer.send(TOPIC, value=value, key=key, partition=number) for key, value in records]
    for one in sent:
        one.get(timeout=20)
    producer.close()
    print(f"{len(sent)} {kind} in partition {number}")


if __name__ == "__main__":
    main(*sys.argv[1:])
