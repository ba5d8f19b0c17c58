"""The answers of the views of single records: turns, hours, prompts, the audit log."""

from rows import group, hour, instant, users_of


class RecordViews:
    """Needs `chat` and `inline`, rows of the newest variants, and `all`."""

    def _turn(self, row):
        return "tool" if row["is_tool_turn"] else "router" if row["is_router_turn"] else "user"

    def chat_turn(self):
        """dt, event_ts, account_id, region, source, user_id, request_id, conversation_id, model, prompt_chars, response_chars, turn"""
        before = ("account_id", "region", "source", "user_id", "request_id", "conversation_id", "model", "prompt_chars", "response_chars")
        return [(r["dt"], instant(r["event_ts"]), *(r[name] for name in before), self._turn(r)) for r in self.chat]

    def qs_chat(self):
        """dt, hour_utc, account_id, region, user_id, user_label, request_id, chat_trigger_type, model, turn, code_reference_count, web_link_count"""
        return [
            (
                r["dt"],
                hour(r["event_ts"]),
                *(r[name] for name in ("account_id", "region", "user_id")),
                self.label(r["user_id"]),
                *(r[name] for name in ("request_id", "chat_trigger_type", "model")),
                self._turn(r),
                *(r[name] for name in ("code_reference_count", "web_link_count")),
            )
            for r in self.chat
        ]

    def qs_inline(self):
        """dt, hour_utc, account_id, region, user_id, user_label, request_id, file_extension, left_context_chars, right_context_chars, completion_count, completion_chars"""
        sizes = ("left_context_chars", "right_context_chars", "completion_count", "completion_chars")
        return [
            (
                r["dt"],
                hour(r["event_ts"]),
                *(r[name] for name in ("account_id", "region", "user_id")),
                self.label(r["user_id"]),
                *(r[name] for name in ("request_id", "file_extension", *sizes)),
            )
            for r in self.inline
        ]

    def prompts_hourly(self):
        """dt, hour_utc, user_turns, users"""
        own = (r for r in self.chat if self._turn(r) == "user" and r["event_ts"] is not None)
        return [
            (*place, len(rows), users_of(rows))
            for place, rows in group(own, lambda r: (r["dt"], hour(r["event_ts"]))).items()
        ]

    def repeated_prompts(self):
        """dt, user_id, prompt_begins, times, first_ts, last_ts"""
        said = lambda r: (r["prompt"] or "").strip(" ").lower()
        own = (r for r in self.chat if self._turn(r) == "user" and said(r))
        answer = []
        for (day, user, prompt), rows in group(own, lambda r: (r["dt"], r["user_id"], said(r))).items():
            if len(rows) > 1:
                times = [r["event_ts"] for r in rows if r["event_ts"] is not None]
                answer.append((day, user, prompt[:200], len(rows), instant(min(times)), instant(max(times))))
        return answer

    def audit_log(self):
        """dt, event_ts, account_id, region, user_id, request_id, kind, model, file_name, request_text, response_text, source_object, record_index"""
        texts = {
            "chat": ("model", None, "prompt", "assistant_response"),
            "inline_completion": (None, "file_name", "left_context", None),
            "dev_task": (None, None, "prompt", None),
        }
        return [
            (
                r["dt"],
                instant(r["event_ts"]),
                *(r[name] for name in ("account_id", "region", "user_id", "request_id")),
                table,
                *(name and r[name] for name in columns),
                r["source_object"],
                r["record_index"],
            )
            for table, columns in texts.items()
            for r in self.all[table]
        ]
