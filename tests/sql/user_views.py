"""The answers of the views of users: their days on each client, their names, their rows for QuickSight."""

from rows import add, group, ratio


class UserViews:
    """Needs `activity`, rows of user_activity, `user_days` and `months`."""

    def client_days(self):
        of = lambda r: (r["dt"], r["account_id"], r["user_id"], r["client_type"] or "UNKNOWN")
        return [
            {
                "dt": place[0],
                "account_id": place[1],
                "user_id": place[2],
                "client": place[3],
                "tier": max((r["subscription_tier"] for r in rows if r["subscription_tier"] is not None), default=None),
                **{
                    name: add(r[name] for r in rows)
                    for name in ("total_messages", "chat_conversations", "credits_used", "overage_credits_used")
                },
            }
            for place, rows in group(self.activity, of).items()
        ]

    def user_client_day(self):
        """dt, account_id, user_id, client_type, subscription_tier, chat_conversations, total_messages, credits_used, overage_credits_used, is_active"""
        return [
            (
                *(r[name] for name in ("dt", "account_id", "user_id", "client", "tier")),
                *(r[name] for name in ("chat_conversations", "total_messages", "credits_used", "overage_credits_used")),
                (r["total_messages"] or 0) > 0,
            )
            for r in self.client_days()
        ]

    def credits_daily(self):
        """dt, client_type, subscription_tier, users, total_messages, chat_conversations, credits_used, overage_credits_used, credits_per_message, credits_per_conversation"""
        answer = []
        for place, rows in group(self.client_days(), lambda r: (r["dt"], r["client"], r["tier"] or "UNKNOWN")).items():
            total = lambda name: add(r[name] for r in rows)
            messages, conversations, credits = map(total, ("total_messages", "chat_conversations", "credits_used"))
            shares = ratio(credits, messages), ratio(credits, conversations)
            users = len({r["user_id"] for r in rows} - {None})
            answer.append((*place, users, messages, conversations, credits, total("overage_credits_used"), *shares))
        return answer

    def user_directory(self):
        """user_id, user_name, display_name, email, team, cost_centre, label"""
        answer = []
        for user, rows in group((r for r in self.activity if r["user_id"] is not None), lambda r: r["user_id"]).items():
            email = max(((r["dt"], r["user_email"]) for r in rows if r["user_email"] is not None), default=("", None))[1]
            answer.append((user, None, None, email, None, None, email or user))
        return answer

    def label(self, user):
        self.labels = getattr(self, "labels", None) or {row[0]: row[-1] for row in self.user_directory()}
        return self.labels.get(user)

    def qs_user_day(self):
        """dt, account_id, user_id, user_label, team, subscription_tier, clients, chat_conversations, total_messages, credits_used, overage_credits_used"""
        return [
            (
                str(r["day"]),
                r["account_id"],
                r["user_id"],
                self.label(r["user_id"]),
                None,
                *(r[name] for name in ("tier", "clients", "conversations", "messages", "credits", "overage")),
            )
            for r in self.user_days
        ]

    def qs_user_month(self):
        """month_start, account_id, user_id, user_label, subscription_tier, active_days, total_messages, plan_credits, is_in_overage, usd_total"""
        return [
            (
                str(m["month"]),
                m["account"],
                m["user"],
                self.label(m["user"]),
                *(m[name] for name in ("tier", "active_days", "messages", "plan_credits")),
                (m["overage"] or 0) > 0,
                None if m["usd_plan"] is None else m["usd_plan"] + m["usd_overage"],
            )
            for m in self.months
        ]

    def qs_model_usage(self):
        """dt, client_type, model, users, messages, credits_apportioned"""
        return self.model_usage_daily()
