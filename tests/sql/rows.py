"""What tests/expect derived from a bucket, as rows, and sums over them as SQL has them."""

import collections
import datetime
import json
import math
import pathlib

DAY = datetime.timedelta(days=1)


def rows_of(folder, table):
    """The rows of a table that views look at: the newest variant of each."""
    path = pathlib.Path(folder, f"{table}.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    for row in rows:
        row["day"] = datetime.date.fromisoformat(row["dt"])
    return rows


def add(values):
    """A sum as SQL has it: of nothing, None."""
    values = [value for value in values if value is not None]
    return math.fsum(values) if values and isinstance(values[0], float) else sum(values) if values else None


def ratio(above, below):
    return None if above is None or not below else above / below


def group(rows, of):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[of(row)].append(row)
    return groups


def mean(values):
    """An average as SQL has it: of what is there, of nothing None."""
    values = [value for value in values if value is not None]
    return math.fsum(values) / len(values) if values else None


def users_of(rows):
    return len({row["user_id"] for row in rows if row["user_id"] is not None})


def instant(millis):
    """Milliseconds as the program writes them in JSON."""
    if millis is None:
        return None
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=millis)
    return time.isoformat(timespec="milliseconds") + "Z"


def hour(millis):
    return None if millis is None else millis // 3_600_000 % 24
