"""What user reports become: rows of `user_activity` and, as their children, of `model_usage`."""

from functools import partial

import cell
import report
from cell import Reject

# In the order of the table: of a row with several bad cells, the first is named.
NUMBERS_AND_FLAGS = {
    "chat_conversations": cell.count,
    "credits_used": cell.double,
    "overage_cap": cell.double,
    "overage_credits_used": cell.double,
    "overage_enabled": cell.flag,
    "total_messages": cell.count,
    "new_user": cell.flag,
    "usage_limit": cell.double,
}
TEXTS = ("client_type", "profileid", "subscription_tier", "user_email")
TIERS = {"POWER": "POWER", "PROMAX": "PRO_MAX", "PROPLUS": "PRO_PLUS", "PRO": "PRO", "FREE": "FREE"}


def decode(obj, cells):
    """The row without lineage, its dt, and the rows of its models."""
    row, dt = cells.day_and_user(obj)
    one = cells.one
    for name in NUMBERS_AND_FLAGS:
        row[name], _ = one(name)
    row["client_type"] = one("client_type")[0] or obj.client
    row["profile_id"], _ = one("profileid")
    tier, row["subscription_tier_raw"] = one("subscription_tier")
    row["subscription_tier"] = None if tier is None else _tier(tier)
    email, _ = one("user_email")
    row["user_email"] = None if email is None else email.lower()
    row["report_ts"] = obj.report_ts

    known = {"date", "userid", *NUMBERS_AND_FLAGS, *TEXTS}
    models = {}
    for name, (spelling, _) in cells.columns.items():
        if name not in known and _is_model(name):
            known.add(name)
            count, _ = one(name)
            if count is not None:
                raw = spelling[: -len("_messages")]
                models.setdefault(cell.model(raw), []).append((raw, count))
    row["extra_json"] = cells.extra_json(known)
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


def _is_model(name):
    return name.endswith("_messages") and len(name) > len("_messages")


def parser(name):
    if name == "date":
        return cell.day
    if name in NUMBERS_AND_FLAGS:
        return NUMBERS_AND_FLAGS[name]
    if _is_model(name):
        return cell.count
    return str if name == "userid" or name in TEXTS else report.number_or_text


read = partial(report.read, decode, parser)
