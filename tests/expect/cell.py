"""What a value means: times, days, counts, amounts, flags, ids. Each raises Reject with a reason code."""

import math
import re
from datetime import date, timedelta

FIRST, LAST = date(2019, 1, 1), date(2099, 12, 31)
EPOCH = date(1970, 1, 1)
# White space as Unicode has it; str.strip() takes some control characters more.
WHITE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):?([0-9]{2}))?"
)


class Reject(Exception):
    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def trim(text):
    return text.strip(WHITE)


def instant(text):
    """Nanoseconds since the epoch; None where the text is blank."""
    text = trim(text)
    if not text:
        return None
    match = TIME.fullmatch(text)
    if match is None:
        raise Reject("bad_time")
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    if hour > 23 or minute > 59 or second > 59:
        raise Reject("bad_time")
    try:
        days = (date(year, month, day) - EPOCH).days
    except ValueError:
        raise Reject("bad_time") from None
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
    if match[8]:
        hours, minutes = int(match[9]), int(match[10])
        if hours > 23 or minutes > 59:
            raise Reject("bad_time")
        seconds -= (hours * 60 + minutes) * 60 * (-1 if match[8] == "-" else 1)
    return seconds * 1_000_000_000 + int((match[7] or "").ljust(9, "0"))


def in_range(day_number, obj):
    """The day, if it lies in the accepted range. Takes days since the epoch, which may lie outside any calendar."""
    last = obj.day + timedelta(days=2) if obj.dated else LAST
    if not (FIRST - EPOCH).days <= day_number <= (last - EPOCH).days:
        raise Reject("time_out_of_range")
    return EPOCH + timedelta(days=day_number)


def day(text):
    """A date in one of the four forms."""
    for form, order in (
        (r"([0-9]{4})-([0-9]{2})-([0-9]{2})", (1, 2, 3)),
        (r"([0-9]{4})/([0-9]{2})/([0-9]{2})", (1, 2, 3)),
        (r"([0-9]{2})-([0-9]{2})-([0-9]{4})", (3, 1, 2)),
        (r"([0-9]{2})/([0-9]{2})/([0-9]{4})", (3, 1, 2)),
    ):
        match = re.fullmatch(form, text)
        if match:
            try:
                return date(*(int(match[i]) for i in order))
            except ValueError:
                break
    raise Reject("bad_time")


def count(text):
    match = re.fullmatch(r"([0-9]+)(?:\.0+)?", text)
    if match is None or int(match[1]) >= 1 << 63:
        raise Reject("bad_count")
    return int(match[1])


def double(text):
    if not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", text):
        raise Reject("bad_number")
    value = float(text)
    if not math.isfinite(value):
        raise Reject("bad_number")
    return value


def flag(text):
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    raise Reject("bad_flag")


def user(raw):
    """(user_id, identity_store_id) of a user id as it stands in the source."""
    text = trim(raw).strip("'\"")
    store, dot, rest = text.partition(".")
    if text.startswith("d-") and dot and rest:
        return rest, store
    return text, None


def model(raw):
    return raw.lower().replace("-", "_")
