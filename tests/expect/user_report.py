"""What user reports become: rows of `user_activity` and, as their children, of `model_usage`."""

from datetime import date

import cell
import csv_text
import json_text
from cell import Reject
from json_text import Object

EPOCH = date(1970, 1, 1)
COUNTS = {"chat_conversations": "chat_conversations", "total_messages": "total_messages"}
DOUBLES = {
    "credits_used": "credits_used",
    "overage_cap": "overage_cap",
    "overage_credits_used": "overage_credits_used",
    "usage_limit": "usage_limit",
}
FLAGS = {"overage_enabled": "overage_enabled", "new_user": "new_user"}
TEXTS = ("client_type", "profileid", "subscription_tier", "user_email")
TIERS = {"POWER": "POWER", "PROMAX": "PRO_MAX", "PROPLUS": "PRO_PLUS", "PRO": "PRO", "FREE": "FREE"}


def read(obj, data, end, accept, reject):
    """As chat.read."""
    rows = csv_text.rows(data, 3 if data.startswith(csv_text.BOM) else 0)
    header, index, at = None, 0, len(data)
    for row in rows:
        if row.open_quote or (end and not row.terminated):
            reject(index, end or "open_quote", row.start, len(data))
            return
        if header is None:
            header = _header(row)
            if header is None:
                reject(None, "no_header", 0, len(data))
                return
            continue
        try:
            accepted = decode(obj, header, row.cells)
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


def decode(obj, header, cells):
    """The row without lineage, its dt, and the rows of its models."""
    try:
        cells = [c.decode("utf-8") for c in cells]
    except UnicodeDecodeError:
        raise Reject("not_utf8") from None
    if any(cell.trim(c) for c in cells[len(header) :]):
        raise Reject("long_row")
    # Columns of one name are one; of each, the first spelling and the cells that are not blank.
    columns = {}
    for name, value in zip(header, cells + [""] * len(header)):
        _, values = columns.setdefault(name.lower(), (name, []))
        if cell.trim(value):
            values.append(value)

    def one(name, parse):
        values = columns.get(name, ("", []))[1]
        parsed = [parse(cell.trim(v)) for v in values]
        if any(p != parsed[0] for p in parsed):
            raise Reject("repeated_column")
        return (parsed[0], values[0]) if parsed else (None, None)

    day, _ = one("date", cell.day)
    if day is None:
        raise Reject("no_date")
    dt = cell.in_range((day - EPOCH).days, obj)
    _, user_raw = one("userid", str)
    user, store = cell.user(user_raw) if user_raw is not None else (None, None)
    if not user:
        raise Reject("no_user")
    row = {"event_date": dt.isoformat(), "user_id": user, "user_id_raw": user_raw, "identity_store_id": store}
    for names, parse in ((COUNTS, cell.count), (DOUBLES, cell.double), (FLAGS, cell.flag)):
        for name, column in names.items():
            row[column], _ = one(name, parse)
    row["client_type"] = one("client_type", str)[0] or obj.client
    row["profile_id"], _ = one("profileid", str)
    tier, row["subscription_tier_raw"] = one("subscription_tier", str)
    row["subscription_tier"] = None if tier is None else _tier(tier)
    email, _ = one("user_email", str)
    row["user_email"] = None if email is None else email.lower()
    row["report_ts"] = obj.report_ts

    known = {"date", "userid", *COUNTS, *DOUBLES, *FLAGS, *TEXTS}
    models, extra = {}, Object()
    for name, (spelling, values) in columns.items():
        if name in known:
            continue
        if name.endswith("_messages") and len(name) > len("_messages"):
            count, _ = one(name, cell.count)
            if count is not None:
                raw = spelling[: -len("_messages")]
                models.setdefault(cell.model(raw), []).append((raw, count))
        else:
            _, value = one(name, str)
            if value is not None:
                extra.append((spelling, value))
    row["extra_json"] = json_text.compact(extra) if extra else None
    return row, dt, [_model(row, model, parts) for model, parts in models.items()]


def _model(row, model, parts):
    messages = sum(count for _, count in parts)
    if messages >= 1 << 63:
        raise Reject("bad_count")
    child = {name: row[name] for name in ("event_date", "user_id", "client_type", "report_ts")}
    return child | {"model": model, "model_raw": ",".join(raw for raw, _ in parts), "messages": messages}


def _tier(text):
    plain = text.upper()
    for sign in "_- ":
        plain = plain.replace(sign, "")
    return TIERS.get(plain, text.upper())
