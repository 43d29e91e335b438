"""Which records are possible: every field within the bounds that log_record.proto states."""

MAX_AMOUNT = 10**15
MAX_TIME_MS = 253_402_300_799_999
MOST_TRANSFERS = 64  # that one record carries on


def partition_of(account):
    return int.from_bytes(account[:2], "big")


def is_account(data):
    return len(data) == 16 and data[6] >> 4 == 8 and data[8] >> 6 == 2


def text_of(account):
    """The text form of an account id, which is the key of its records."""
    digits = account.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def is_text(data, least, most):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return least <= len(text) <= most and not any(
        ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F or c == "\ufffd" for c in text)


def is_currency(data):
    return len(data) == 3 and all(0x41 <= letter <= 0x5A for letter in data)


def is_movement(body):
    return (1 <= body.amount <= MAX_AMOUNT
            and (not body.currency_code or is_currency(body.currency_code))
            and is_text(body.description, 0, 200))


def is_possible(record):
    kind = record.WhichOneof("body")
    if (kind is None or not 1 <= record.recorded_at_ms <= MAX_TIME_MS or len(record.producer_id) != 16
            or record.producer_sequence < 1 or not is_text(record.request_id, 0, 100)
            or len(record.reply_to) > 100 or len(record.traceparent) > 100):
        return False
    body = getattr(record, kind)
    if kind == "create":
        return is_text(body.holder_name, 1, 200) and is_currency(body.currency_code)
    if kind in ("deposit", "withdraw"):
        return is_movement(body)
    if kind == "transfer":
        return is_movement(body) and is_account(body.to_account_id) and 1 <= body.partition_count <= 65_536
    if kind == "close":
        return True
    if record.request_id:
        return False
    if kind == "transfer_credit":
        return (body.sequence >= 1 and len(body.chain) == 32 and 1 <= body.settled_below <= body.sequence
                and len(body.further) < MOST_TRANSFERS and body.sequence + len(body.further) < 2**63
                and all(is_sent(body, one) for _, one in sent(body)))
    if kind == "transfer_settle":
        return (is_account(body.to_account_id) and body.sequence >= 1 and len(body.further_reasons) < MOST_TRANSFERS
                and body.last_sequence >= body.sequence + len(body.further_reasons)
                and len(body.chain) == 32 and all(reason in (0, 12, 13, 14, 15) for _, reason in answered(body)))
    return (0 <= body.source_partition < 65_536 and 0 <= body.destination_partition < 65_536
            and body.halted_by_offset >= 0 and body.next_sequence >= 0
            and len(body.next_chain) == (32 if body.next_sequence else 0) and is_text(body.description, 1, 200))


def sent(credit):
    """The transfers of a credit with their numbers: the first, and those behind it."""
    return enumerate((credit, *credit.further), credit.sequence)


def answered(settle):
    """What became of the transfers of a settlement, with their numbers."""
    return enumerate((settle.reason, *settle.further_reasons), settle.sequence)


def is_sent(credit, one):
    """Whether a transfer of a credit is within its bounds and of the same channel as the first."""
    return (is_movement(one) and one.currency_code != b"" and one.source_offset >= 0
            and is_account(one.from_account_id) and is_account(one.to_account_id)
            and one.from_account_id[:2] == credit.from_account_id[:2]
            and one.to_account_id[:2] == credit.to_account_id[:2])


def account_of(record):
    """The account whose partition a record belongs to."""
    kind = record.WhichOneof("body")
    body = getattr(record, kind)
    if kind in ("transfer", "transfer_settle"):
        return body.from_account_id
    return body.to_account_id if kind == "transfer_credit" else body.account_id
