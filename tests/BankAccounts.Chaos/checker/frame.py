"""The frame around each record of the log: "BANK", rules version, CRC-32C, one LogRecord (docs of log_record.proto)."""

import struct
import warnings

from google.protobuf.message import DecodeError

from contracts import log

MAX_SIZE = 8 * 1024
RULES_VERSION = 1


def _table():
    entries = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ 0x82F63B78 if value & 1 else value >> 1
        entries.append(value)
    return entries


_TABLE = _table()


def crc32c(data):
    """CRC-32C (Castagnoli), RFC 3720."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def encode(record):
    """A frame as an appender writes it."""
    version = struct.pack(">H", RULES_VERSION)
    payload = record.SerializeToString()
    return b"BANK" + version + struct.pack(">I", crc32c(version + payload)) + payload


def decode(value):
    """The record of a frame, or the name of the reason for which the frame is void."""
    if value is None or not 10 <= len(value) <= MAX_SIZE or value[:4] != b"BANK":
        return None, "BAD_FRAME"
    version, checksum = struct.unpack(">HI", value[4:10])
    if crc32c(value[4:6] + value[10:]) != checksum:
        return None, "BAD_FRAME"
    if version != RULES_VERSION:
        raise ValueError(f"a record of rules version {version}, which this checker does not know")
    record = parse(value[10:])
    return record, None if record is not None else "MALFORMED"


def parse(payload):
    """The record of a payload; None if it is none. What ends at a tag that nothing may end at only draws a warning."""
    record = log.LogRecord()
    try:
        with warnings.catch_warnings(record=True) as unread:
            warnings.simplefilter("always")
            record.ParseFromString(bytes(payload))
    except DecodeError:
        return None
    return None if unread else record
