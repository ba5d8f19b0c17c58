"""The answers of views, computed anew from the rows that tests/expect derives from a bucket, in plain Python.

    views.py PROMPTLAKE LAKE EXPECTED_DIR

EXPECTED_DIR is what tests/expect/expected.py wrote. It shares no SQL with the views: what they mean is written here from the
documents. Every answer is compared with `promptlake sql`, row by row, doubles to 1e-9.
"""

import calendar
import collections
import datetime
import json
import math
import subprocess
import sys

from feature_views import FeatureViews
from lex_views import LexViews
from record_views import RecordViews
from rows import DAY, add, group, ratio, rows_of
from stream_views import StreamViews
from user_views import UserViews

PLANS = {
    # tier: rank, USD a month, credits
    "FREE": (1, 0.0, 50.0),
    "PRO": (2, 20.0, 1000.0),
    "PRO_PLUS": (3, 40.0, 2000.0),
    "PRO_MAX": (4, 100.0, 5000.0),
    "POWER": (5, 200.0, 10000.0),
}
OVERAGE = 0.04


class Lake(LexViews, FeatureViews, RecordViews, StreamViews, UserViews):
    def __init__(self, folder):
        tables = (
            *("chat", "inline_completion", "dev_task", "user_activity", "model_usage", "user_activity_legacy"),
            *("lex_conversation", "lex_slot", "lex_audio", "rejects"),
        )
        everything = {table: rows_of(folder, table) for table in tables}
        self.all = everything
        first = lambda table: [row for row in everything[table] if row.get("variant", 0) == 0]
        self.chat, self.inline = first("chat"), first("inline_completion")
        self.activity, self.models = first("user_activity"), first("model_usage")
        self.legacy = first("user_activity_legacy")
        self.lex, self.slots = first("lex_conversation"), first("lex_slot")
        self.first_day = min(row["day"] for row in everything["user_activity"])
        self.as_of = max(row["day"] for row in everything["user_activity"])
        self.days = [self.first_day + DAY * n for n in range((self.as_of - self.first_day).days + 1)]
        # user days
        self.user_days = []
        for (day, account, user), rows in group(self.activity, lambda r: (r["day"], r["account_id"], r["user_id"])).items():
            tiers = [row["subscription_tier"] for row in rows if row["subscription_tier"] is not None]
            self.user_days.append(
                {
                    "day": day,
                    "account_id": account,
                    "user_id": user,
                    "tier": max(tiers, key=lambda tier: (PLANS.get(tier, (0,))[0], tier), default=None),
                    "messages": add(row["total_messages"] for row in rows),
                    "conversations": add(row["chat_conversations"] for row in rows),
                    "credits": add(row["credits_used"] for row in rows),
                    "overage": add(row["overage_credits_used"] for row in rows),
                    "clients": len({row["client_type"] for row in rows if row["client_type"] is not None}),
                }
            )
        self.active = [row for row in self.user_days if (row["messages"] or 0) > 0]
        self.first_active = {user: min(r["day"] for r in rows) for user, rows in group(self.active, lambda r: r["user_id"]).items()}
        self.months = []
        for (month, account, user), rows in group(
            self.user_days, lambda r: (r["day"].replace(day=1), r["account_id"], r["user_id"])
        ).items():
            last = max(rows, key=lambda r: r["day"] if r["tier"] is not None else datetime.date.min)
            plan = PLANS.get(last["tier"])
            credits, overage = add(r["credits"] for r in rows), add(r["overage"] for r in rows)
            self.months.append(
                {
                    "month": month,
                    "account": account,
                    "user": user,
                    "tier": last["tier"],
                    "active_days": len({r["day"] for r in rows if (r["messages"] or 0) > 0}),
                    "messages": add(r["messages"] for r in rows),
                    "credits": credits,
                    "overage": overage,
                    "plan_credits": plan and plan[2],
                    "usd_plan": plan and plan[1],
                    "usd_overage": plan and (overage or 0.0) * OVERAGE,
                }
            )

    # Each of these gives the rows of `SELECT columns FROM view`, in any order.

    def user_day(self):
        """dt, account_id, user_id, subscription_tier, clients, total_messages, credits_used, is_active"""
        return [
            (str(r["day"]), r["account_id"], r["user_id"], r["tier"], r["clients"], r["messages"], r["credits"], (r["messages"] or 0) > 0)
            for r in self.user_days
        ]

    def active_users_daily(self):
        """dt, segment, segment_value, dau, wau, mau"""
        seen = collections.defaultdict(set)
        for row in self.active:
            seen["all", "all", row["day"]].add(row["user_id"])
            seen["tier", row["tier"] or "UNKNOWN", row["day"]].add(row["user_id"])
        by_client = group(self.activity, lambda r: (r["client_type"] or "UNKNOWN", r["day"], r["account_id"], r["user_id"]))
        for (client, day, _, user), rows in by_client.items():
            if (add(r["total_messages"] for r in rows) or 0) > 0:
                seen["client", client, day].add(user)
        segments = {(segment, value) for segment, value, _ in seen}
        count = lambda segment, value, day, n: len(
            set().union(*(seen.get((segment, value, day - DAY * back), set()) for back in range(n)))
        )
        return [
            (str(day), segment, value, *(count(segment, value, day, n) for n in (1, 7, 30)))
            for day in self.days
            for segment, value in segments
        ]

    def active_users_weekly(self):
        """week_start, report_days, active_users, new_users, total_messages"""
        monday = lambda day: day - DAY * day.weekday()
        days = group(self.days, monday)
        active = group(self.active, lambda r: monday(r["day"]))
        return [
            (
                str(week),
                len(days[week]),
                len({r["user_id"] for r in active[week]}),
                len({r["user_id"] for r in active[week] if r["day"] == self.first_active[r["user_id"]]}),
                add(r["messages"] for r in active[week]) or 0,
            )
            for week in days
        ]

    def new_and_returning_daily(self):
        """dt, active_users, new_users, returning_users, regular_users"""
        days_of = {user: sorted({r["day"] for r in rows}) for user, rows in group(self.active, lambda r: r["user_id"]).items()}
        answer = []
        for day in self.days:
            kinds = collections.Counter()
            for days in days_of.values():
                if day in days:
                    before = [other for other in days if other < day]
                    kinds["new" if not before else "returning" if (day - before[-1]).days > 14 else "regular"] += 1
            answer.append((str(day), sum(kinds.values()), kinds["new"], kinds["returning"], kinds["regular"]))
        return answer

    def user_status(self):
        """user_id, first_active, last_active, active_days, messages_7d, messages_7d_before, is_new, is_at_risk, is_idle_7d, is_idle_14d"""
        answer = []
        for user, rows in group(self.user_days, lambda r: r["user_id"]).items():
            if user is None:
                continue
            active = sorted({r["day"] for r in rows if (r["messages"] or 0) > 0})
            ago = lambda low, high: add(r["messages"] for r in rows if low <= (self.as_of - r["day"]).days <= high) or 0
            now, before = ago(0, 6), ago(7, 13)
            since = (self.as_of - active[-1]).days if active else None
            answer.append(
                (
                    user,
                    str(active[0]) if active else None,
                    str(active[-1]) if active else None,
                    len(active),
                    now,
                    before,
                    bool(active) and (self.as_of - active[0]).days < 7,
                    before > 0 and now < before / 2,
                    since is None or since >= 7,
                    since is None or since >= 14,
                )
            )
        return answer

    def user_month(self):
        """month_start, account_id, user_id, subscription_tier, active_days, credits_used, plan_used_ratio, usd_plan, usd_overage"""
        return [
            (
                str(m["month"]),
                m["account"],
                m["user"],
                m["tier"],
                m["active_days"],
                m["credits"],
                ratio(m["credits"], m["plan_credits"]),
                m["usd_plan"],
                m["usd_overage"],
            )
            for m in self.months
        ]

    def report_calendar(self):
        """dt, week_start, month_start, days_in_month, is_weekend, as_of"""
        return [
            (
                str(day),
                str(day - DAY * day.weekday()),
                str(day.replace(day=1)),
                calendar.monthrange(day.year, day.month)[1],
                day.weekday() > 4,
                str(self.as_of),
            )
            for day in self.days
        ]

    def active_users_monthly(self):
        """month_start, report_days, active_users, new_users, total_messages"""
        month = lambda day: day.replace(day=1)
        active = group(self.active, lambda r: month(r["day"]))
        return [
            (
                str(begin),
                len(days),
                len({r["user_id"] for r in active[begin]}),
                len({r["user_id"] for r in active[begin] if r["day"] == self.first_active[r["user_id"]]}),
                add(r["messages"] for r in active[begin]) or 0,
            )
            for begin, days in group(self.days, month).items()
        ]

    def plan_period(self):
        """tier, rank, usd_per_month, credits, overage_usd_per_credit, valid_to"""
        return [(tier, *plan, OVERAGE, None) for tier, plan in PLANS.items()]

    def cost_monthly(self):
        """month_start, subscription_tier, seats, seats_unused, seats_in_overage, credits_used, usd_plan, usd_unused, usd_overage"""
        return [
            (
                str(month),
                tier,
                len(rows),
                sum(r["active_days"] == 0 for r in rows),
                sum((r["overage"] or 0) > 0 for r in rows),
                add(r["credits"] for r in rows),
                add(r["usd_plan"] for r in rows),
                add(r["usd_plan"] if r["active_days"] == 0 else 0.0 for r in rows),
                add(r["usd_overage"] for r in rows),
            )
            for (month, tier), rows in group(self.months, lambda r: (r["month"], r["tier"] or "UNKNOWN")).items()
        ]

    def credits_monthly(self):
        """month_start, days_reported, active_users, credits_used, projected_credits"""
        answer = []
        for month, rows in group(self.user_days, lambda r: r["day"].replace(day=1)).items():
            days = len({r["day"] for r in rows})
            credits = add(r["credits"] for r in rows)
            length = calendar.monthrange(month.year, month.month)[1]
            users = {r["user_id"] for r in rows if (r["messages"] or 0) > 0}
            answer.append((str(month), days, len(users), credits, credits / days * length))
        return answer

    def stopped_users(self):
        """user_id, active_days_month_before, usd_per_month"""
        newest = self.as_of.replace(day=1)
        before = (newest - DAY).replace(day=1)
        answer = []
        for user, rows in group(self.months, lambda r: r["user"]).items():
            of = lambda month: max((r["active_days"] for r in rows if r["month"] == month), default=0)
            if of(newest) == 0 and of(before) > 0:
                last = [max(each, key=lambda r: r["month"]) for each in group(rows, lambda r: r["account"]).values()]
                answer.append((user, of(before), add(r["usd_plan"] for r in last)))
        return answer

    def engagement_funnel(self):
        """month_start, seats, active_1_day, active_5_days, active_10_days, active_15_days"""
        answer = []
        for month, rows in group(self.user_days, lambda r: r["day"].replace(day=1)).items():
            users = group((r for r in rows if r["user_id"] is not None), lambda r: r["user_id"])
            days = [len({r["day"] for r in each if (r["messages"] or 0) > 0}) for each in users.values()]
            answer.append((str(month), len(days), *(sum(d >= n for d in days) for n in (1, 5, 10, 15))))
        return answer

    def model_usage_daily(self):
        """dt, client_type, model, users, messages, credits_apportioned"""
        of = lambda r: (r["source_object"], r["record_index"])
        totals = {place: sum(r["messages"] for r in rows) for place, rows in group(self.models, of).items()}
        credits = {of(r): r["credits_used"] for r in self.activity}
        answer = []
        for (day, client, model), rows in group(self.models, lambda r: (r["dt"], r["client_type"] or "UNKNOWN", r["model"])).items():
            shares = [
                None if not totals[of(r)] or credits[of(r)] is None else credits[of(r)] * r["messages"] / totals[of(r)] for r in rows
            ]
            users = {r["user_id"] for r in rows if r["messages"] > 0}
            answer.append((day, client, model, len(users), add(r["messages"] for r in rows), add(shares)))
        return answer

    def turns_daily(self):
        """dt, model, turns, user_turns, tool_turns, router_turns, users"""
        turn = lambda r: "tool" if r["is_tool_turn"] else "router" if r["is_router_turn"] else "user"
        answer = []
        for (day, model), rows in group(self.chat, lambda r: (r["dt"], r["model"] or "UNKNOWN")).items():
            turns = collections.Counter(map(turn, rows))
            users = {r["user_id"] for r in rows if r["user_id"] is not None}
            answer.append((day, model, len(rows), turns["user"], turns["tool"], turns["router"], len(users)))
        return answer

    def prompts_daily(self):
        """dt, chat_trigger_type, model, user_turns, prompt_chars_median, prompt_chars_p95, response_chars_median, response_chars_p95"""
        own = [r for r in self.chat if not r["is_tool_turn"] and not r["is_router_turn"]]
        place = lambda values, share: values[math.ceil(len(values) * share) - 1]
        answer = []
        for (day, trigger, model), rows in group(
            own, lambda r: (r["dt"], r["chat_trigger_type"] or "UNKNOWN", r["model"] or "UNKNOWN")
        ).items():
            prompts = sorted(r["prompt_chars"] or 0 for r in rows)
            answers = sorted(r["response_chars"] or 0 for r in rows)
            shares = [place(values, share) for values in (prompts, answers) for share in (0.5, 0.95)]
            answer.append((day, trigger, model, len(rows), *shares))
        return answer

    def inline_files_daily(self):
        """dt, file_extension, requests, returned, users"""
        return [
            (day, ending, len(rows), sum((r["completion_count"] or 0) > 0 for r in rows), len({r["user_id"] for r in rows} - {None}))
            for (day, ending), rows in group(self.inline, lambda r: (r["dt"], r["file_extension"] or "none")).items()
        ]

    def inline_acceptance_daily(self):
        """dt, suggestions, acceptances, acceptance_ratio"""
        answer = []
        for day, rows in group(self.legacy, lambda r: r["dt"]).items():
            made, taken = add(r["inline_suggestions_count"] for r in rows), add(r["inline_acceptance_count"] for r in rows)
            answer.append((day, made, taken, ratio(taken, made)))
        return answer

    def code_review_daily(self):
        """dt, succeeded, failed, success_ratio"""
        answer = []
        for day, rows in group(self.legacy, lambda r: r["dt"]).items():
            good = add(r["code_review_succeeded_event_count"] for r in rows) or 0
            bad = add(r["code_review_failed_event_count"] for r in rows) or 0
            answer.append((day, good, bad, ratio(good, good + bad)))
        return answer

    def message_check(self):
        """dt, user_id, client_type, total_messages, model_messages"""
        of = lambda r: (r["source_object"], r["record_index"])
        sums = {place: sum(r["messages"] for r in rows) for place, rows in group(self.models, of).items()}
        return [
            (r["dt"], r["user_id"], r["client_type"], r["total_messages"], sums[of(r)])
            for r in self.activity
            if of(r) in sums and sums[of(r)] != r["total_messages"]
        ]


VIEWS = sorted(
    name
    for of in Lake.__mro__[:-1]
    for name, method in vars(of).items()
    if not name.startswith("_") and method.__doc__
)


def key(row):
    return json.dumps([f"{value:.6g}" if isinstance(value, float) else value for value in row])


def is_same(one, other):
    if isinstance(one, float) or isinstance(other, float):
        return one is not None and other is not None and math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def main(binary, lake, folder):
    expected = Lake(folder)
    wrong = 0
    for view in VIEWS:
        method = getattr(expected, view)
        columns = [name.strip() for name in method.__doc__.split(",")]
        sql = f"SELECT {', '.join(columns)} FROM {view}"
        done = subprocess.run(
            [binary, "sql", "--lake", lake, "--format", "ndjson", "-c", sql], capture_output=True, text=True, check=True
        )
        found = sorted(([*json.loads(line).values()] for line in done.stdout.splitlines()), key=key)
        wanted = sorted((list(row) for row in method()), key=key)
        differences = [
            (column, theirs, ours)
            for theirs, ours in zip(wanted, found)
            for column, one, other in zip(columns, theirs, ours)
            if not is_same(one, other)
        ]
        if len(found) != len(wanted) or differences:
            wrong += 1
            print(f"{view}: {len(found)} rows, not {len(wanted)}; {differences[:1]}", file=sys.stderr)
        else:
            print(f"{view}: {len(found)} rows")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
