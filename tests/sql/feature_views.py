"""The answers of the views of the legacy report: features, and lines of code."""

from rows import DAY, add, group, ratio, users_of

# feature: uses, offered, accepted, lines; each a list of columns that are added up, NULL where all of them are unknown to it.
FEATURES = {
    "chat": (["chat_messages_sent"], None, None, "chat_ai_code_lines"),
    "inline": (["inline_suggestions_count"], ["inline_suggestions_count"], ["inline_acceptance_count"], "inline_ai_code_lines"),
    "inline_chat": (
        ["inline_chat_total_event_count"],
        ["inline_chat_total_event_count"],
        ["inline_chat_acceptance_event_count"],
        "inline_chat_accepted_line_additions",
    ),
    "dev": (["dev_generation_event_count"], ["dev_generation_event_count"], ["dev_acceptance_event_count"], "dev_accepted_lines"),
    "test_generation": (
        ["test_generation_event_count"],
        ["test_generation_generated_tests"],
        ["test_generation_accepted_tests"],
        "test_generation_accepted_lines",
    ),
    "doc_generation": (
        ["doc_generation_event_count"],
        [
            "doc_generation_accepted_file_updates",
            "doc_generation_accepted_files_creations",
            "doc_generation_rejected_file_updates",
            "doc_generation_rejected_file_creations",
        ],
        ["doc_generation_accepted_file_updates", "doc_generation_accepted_files_creations"],
        "doc_generation_accepted_line_additions",
    ),
    "code_fix": (
        ["code_fix_generation_event_count"],
        ["code_fix_generation_event_count"],
        ["code_fix_acceptance_event_count"],
        "code_fix_accepted_lines",
    ),
    "code_review": (["code_review_succeeded_event_count", "code_review_failed_event_count"], None, None, None),
    "transformation": (["transformation_event_count"], None, None, None),
}


def count_of(row, columns):
    """One column as it is; of several, NULL counts as none."""
    if columns is None:
        return None
    if len(columns) == 1:
        return row[columns[0]]
    return sum(row[column] or 0 for column in columns)


class FeatureViews:
    """Needs `legacy`, rows of user_activity_legacy, and `user_days`."""

    def _features(self):
        """Users' days with each feature that was used."""
        flat = []
        for row in self.legacy:
            for feature, (uses, offered, accepted, lines) in FEATURES.items():
                one = [count_of(row, columns) for columns in (uses, offered, accepted, lines and [lines])]
                if any((one[n] or 0) > 0 for n in (0, 2, 3)):
                    flat.append(((row["dt"], row["account_id"], row["user_id"], feature), row["day"], one))
        days = []
        for place, rows in group(flat, lambda r: r[0]).items():
            sums = [add(one[n] for _, _, one in rows) for n in range(4)]
            names = ("dt", "account_id", "user_id", "feature", "events", "offered", "accepted", "lines")
            days.append({**dict(zip(names, (*place, *sums))), "day": rows[0][1]})
        return days

    def feature_day(self):
        """dt, account_id, user_id, feature, events, offered, accepted, accepted_lines"""
        return [tuple(value for name, value in row.items() if name != "day") for row in self._features()]

    def qs_feature(self):
        """dt, account_id, user_id, user_label, feature, events, offered, accepted, accepted_lines"""
        return [(*row[:3], self.label(row[2]), *row[3:]) for row in self.feature_day()]

    def feature_daily(self):
        """dt, feature, users, events, offered, accepted, acceptance_ratio, accepted_lines"""
        answer = []
        for place, rows in group(self._features(), lambda r: (r["dt"], r["feature"])).items():
            events, offered, accepted, lines = (add(r[name] for r in rows) for name in ("events", "offered", "accepted", "lines"))
            answer.append((*place, users_of(rows), events, offered, accepted, ratio(accepted, offered), lines))
        return answer

    def feature_adoption(self):
        """user_id, features, days, events, accepted_lines, uses_chat, uses_inline, uses_inline_chat, uses_dev, uses_test_generation, uses_doc_generation, uses_code_fix, uses_code_review, uses_transformation"""
        newest = max(row["day"] for row in self.all["user_activity_legacy"])
        recent = (r for r in self._features() if r["day"] > newest - 30 * DAY and r["user_id"] is not None)
        answer = []
        for user, rows in group(recent, lambda r: r["user_id"]).items():
            used = {r["feature"] for r in rows}
            sums = add(r["events"] for r in rows), add(r["lines"] for r in rows)
            answer.append((user, len(used), len({r["day"] for r in rows}), *sums, *(feature in used for feature in FEATURES)))
        return answer

    def ai_code_lines_daily(self):
        """dt, chat_lines, inline_lines, inline_chat_lines, dev_lines, test_lines, doc_lines, code_fix_lines, accepted_lines"""
        columns = [lines for *_, lines in FEATURES.values() if lines is not None]
        answer = []
        for day, rows in group(self.legacy, lambda r: r["dt"]).items():
            sums = [add(r[column] for r in rows) or 0 for column in columns]
            answer.append((day, *sums, sum(sums)))
        return answer

    def credits_per_line_daily(self):
        """dt, account_id, user_id, credits_used, total_messages, accepted_lines, credits_per_accepted_line"""
        of = lambda r: (r["dt"], r["account_id"], r["user_id"])
        lines = {place: add(r["lines"] for r in rows) for place, rows in group(self._features(), of).items()}
        days = {(str(r["day"]), r["account_id"], r["user_id"]): (r["credits"], r["messages"]) for r in self.user_days}
        answer = []
        for place in days.keys() | lines.keys():
            (credits, messages), taken = days.get(place, (None, None)), lines.get(place)
            answer.append((*place, credits, messages, taken, ratio(credits, taken)))
        return answer
