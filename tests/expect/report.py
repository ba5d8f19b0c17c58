"""What CSV reports share: rows below a header that is bound by name, and the cells of a row."""

from datetime import date

import cell
import csv_text
import json_text
from cell import Reject
from json_text import Object

EPOCH = date(1970, 1, 1)


def read(decode, parser, obj, data, end, accept, reject, aliases=None):
    """As prompt_log.read. `parser` gives for a column's name in lower case what reads its cells."""
    rows = csv_text.rows(data, 3 if data.startswith(csv_text.BOM) else 0)
    header, index = None, 0
    for row in rows:
        if row.open_quote or (end and not row.terminated):
            # A header is no record: where it has no end, the object is rejected.
            reject(None if header is None and not end else index, end or "open_quote", row.start, len(data))
            return
        if header is None:
            header = _header(row)
            if header is None:
                reject(None, "no_header", row.start, len(data))
                return
            continue
        try:
            accepted = decode(obj, Cells(header, row.cells, parser, aliases))
        except Reject as why:
            reject(index, why.reason, row.start, row.end)
        else:
            accept(index, *accepted)
        index += 1
    if end:
        reject(index, end, len(data), len(data))


def _header(row):
    """The columns' names, trimmed; None where Date or UserId is missing."""
    try:
        names = [cell.trim(c.decode("utf-8")) for c in row.cells]
    except UnicodeDecodeError:
        return None
    if not {"date", "userid"} <= {n.lower() for n in names}:
        return None
    return names


class Cells:
    """A row's cells by column: columns of one name are one, of which the first spelling and the cells that are not blank count."""

    def __init__(self, header, cells, parser, aliases=None):
        self.parser = parser
        try:
            cells = [c.decode("utf-8") for c in cells]
        except UnicodeDecodeError:
            raise Reject("not_utf8") from None
        if any(cell.trim(c) for c in cells[len(header) :]):
            raise Reject("long_row")
        self.columns = {}
        for name, value in zip(header, cells + [""] * len(header)):
            key = name.lower()
            _, values = self.columns.setdefault((aliases or {}).get(key, key), (name, []))
            if cell.trim(value):
                values.append(value)
        # Whether the cells of one column agree comes before what they mean.
        for name, (_, values) in self.columns.items():
            if not all(same(parser(name), cell.trim(values[0]), cell.trim(v)) for v in values[1:]):
                raise Reject("repeated_column")

    def one(self, name):
        """A column's value, parsed and as it is written; None where it is blank."""
        values = self.columns.get(name, ("", []))[1]
        return (self.parser(name)(cell.trim(values[0])), values[0]) if values else (None, None)

    def day_and_user(self, obj):
        """The columns of the row's date and user, and dt."""
        day, _ = self.one("date")
        if day is None:
            raise Reject("no_date")
        dt = cell.in_range((day - EPOCH).days, obj)
        _, raw = self.one("userid")
        user, store = cell.user(raw) if raw is not None else (None, None)
        if not user:
            raise Reject("no_user")
        return {"event_date": dt.isoformat(), "user_id": user, "user_id_raw": raw, "identity_store_id": store}, dt

    def extra_json(self, known):
        """The cells of columns that are not among `known`; None where there is none."""
        extra = Object()
        for name, (spelling, _) in self.columns.items():
            value = None if name in known else self.one(name)[1]
            if value is not None:
                extra.append((spelling, value))
        return json_text.compact(extra) if extra else None


def same(parse, left, right):
    """Whether two cells have one value."""
    try:
        return left == right or parse(left) == parse(right)
    except Reject:
        return False


def number_or_text(text):
    """What a cell of an unknown column may be."""
    try:
        return cell.double(text)
    except Reject:
        return text
