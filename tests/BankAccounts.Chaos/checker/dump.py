"""
Writes down what Kafka and Redis hold, with clients that this project did not write:

    dump.py FOLDER KAFKA REDIS PARTITIONS [--kafka09]

FOLDER/log.jsonl has a line per record of the topic, FOLDER/redis.jsonl one per key of the live generations.
"""

import base64
import json
import sys
from pathlib import Path

import redis
from kafka import KafkaConsumer, TopicPartition
from redis.cluster import RedisCluster

TOPIC = "bank-accounts"
READ_WITHIN_MS = 30_000


def text(data):
    return None if data is None else base64.b64encode(data).decode()


def dump_log(path, bootstrap, partitions, old):
    options = {"api_version": (0, 9)} if old else {}
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest",
                             consumer_timeout_ms=READ_WITHIN_MS, **options)
    places = [TopicPartition(TOPIC, number) for number in range(partitions)]
    ends = {place.partition: end for place, end in consumer.end_offsets(places).items()}
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    behind = {number for number, end in ends.items() if end > 0}
    with path.open("w") as file:
        while behind:
            record = next(consumer)
            if record.offset < ends[record.partition]:
                file.write(json.dumps(
                    {"p": record.partition, "o": record.offset, "k": text(record.key), "v": text(record.value)}) + "\n")
            if record.offset + 1 >= ends[record.partition]:
                behind.discard(record.partition)
    consumer.close()


def read_key(client, key, kind):
    if kind == b"hash":
        return [[text(name), text(value)] for name, value in client.hgetall(key).items()]
    if kind == b"list":
        return [text(value) for value in client.lrange(key, 0, -1)]
    if kind == b"string":
        return text(client.get(key))
    return [[text(member), score] for member, score in client.zrange(key, 0, -1, withscores=True)]


def dump_redis(path, address, partitions):
    host, port = address.split(",")[0].rsplit(":", 1)
    client = (RedisCluster if "," in address else redis.Redis)(host=host, port=int(port))
    generations = {}
    for number in range(partitions):
        generations[number] = client.hget(f"{{bank:{number}}}", "generation")
    with path.open("w") as file:
        for key in client.scan_iter(match=r"\{bank:*", count=1000):
            tag, _, rest = key.decode().partition("}")
            number = int(tag[len("{bank:"):])
            parts = rest.split(":", 2)
            if len(parts) == 3 and generations[number] is not None and parts[1] == generations[number].decode():
                file.write(json.dumps(
                    {"p": number, "name": parts[2], "data": read_key(client, key, client.type(key))}) + "\n")


def main(folder, bootstrap, address, partitions, *options):
    dump_log(Path(folder) / "log.jsonl", bootstrap.split(","), int(partitions), "--kafka09" in options)
    dump_redis(Path(folder) / "redis.jsonl", address, int(partitions))


if __name__ == "__main__":
    main(*sys.argv[1:])
