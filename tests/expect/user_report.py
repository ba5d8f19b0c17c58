"""What user reports become: rows of `user_activity` and, as their children, of `model_usage`."""

from functools import partial

import cell
import report
from cell import Reject

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


def decode(obj, cells):
    """The row without lineage, its dt, and the rows of its models."""
    row, dt = cells.day_and_user(obj)
    one = cells.one
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
    models = {}
    for name, (spelling, _) in cells.columns.items():
        if name not in known and name.endswith("_messages") and len(name) > len("_messages"):
            known.add(name)
            count, _ = one(name, cell.count)
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


read = partial(report.read, decode)
