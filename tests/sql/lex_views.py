"""The answers of the views of Lex logs."""

import collections

from rows import group, hour, instant, mean, ratio


class LexViews:
    """Needs `lex` and `slots`: rows of lex_conversation and lex_slot."""

    def _place(self, row):
        nanos = row["event_ts_nanos"]
        return (nanos is None, nanos or 0, row["source_object"], row["record_index"])

    def _is_fallback(self, row):
        return row["intent"] is None or "fallbackintent" in row["intent"].lower()

    def _turns(self):
        """The first entry of each request of a day; each entry without a request is one."""
        turns, seen = [], set()
        for row in sorted(self.lex, key=self._place):
            request = tuple(row[name] for name in ("dt", "account_id", "bot_name", "session_id", "request_id"))
            if row["request_id"] is None or request not in seen:
                seen.add(request)
                turns.append(row)
        return turns

    def _bot(self, row):
        return tuple(row[name] for name in ("dt", "bot_name", "bot_alias", "locale"))

    def _conversations(self, rows):
        """Rows of each conversation, in the order of time."""
        of = lambda r: (r["account_id"], r["bot_name"], r["session_id"], r["originating_request_id"])
        named = (row for row in sorted(rows, key=self._place) if row["session_id"] is not None)
        return group(named, of)

    def _sessions(self, rows):
        return len({row["session_id"] for row in rows} - {None})

    def lex_entry(self):
        """dt, request_id, session_id, response_reason, intent, is_missed, is_fallback, is_turn, source_object, record_index"""
        turns = {(r["source_object"], r["record_index"]) for r in self._turns()}
        return [
            (
                *(r[name] for name in ("dt", "request_id", "session_id", "response_reason", "intent")),
                bool(r["missed_utterance"]),
                self._is_fallback(r),
                (r["source_object"], r["record_index"]) in turns,
                r["source_object"],
                r["record_index"],
            )
            for r in self.lex
        ]

    def lex_bot_daily(self):
        """dt, bot_name, bot_alias, locale, sessions, turns, missed_turns, missed_ratio, fallback_turns, fallback_ratio"""
        answer = []
        for bot, rows in group(self._turns(), self._bot).items():
            missed, fallback = sum(bool(r["missed_utterance"]) for r in rows), sum(map(self._is_fallback, rows))
            n = len(rows)
            answer.append((*bot, self._sessions(rows), n, missed, missed / n, fallback, fallback / n))
        return answer

    def lex_missed_utterance(self):
        """dt, bot_name, bot_alias, locale, utterance_begins, entries, sessions, first_ts, last_ts"""
        missed = (row for row in self.lex if row["missed_utterance"])
        said = lambda r: (r["input_transcript"] or "").strip(" ").lower()[:200]
        answer = []
        for place, rows in group(missed, lambda r: (*self._bot(r), said(r))).items():
            times = [r["event_ts"] for r in rows if r["event_ts"] is not None]
            answer.append((*place, len(rows), self._sessions(rows), instant(min(times)), instant(max(times))))
        return answer

    def lex_intent_daily(self):
        """dt, bot_name, bot_alias, locale, intent, is_fallback, turns, sessions, missed_turns, nlu_confidence"""
        of = lambda r: (*self._bot(r), r["intent"] or "none", self._is_fallback(r))
        return [
            (
                *place,
                len(rows),
                self._sessions(rows),
                sum(bool(r["missed_utterance"]) for r in rows),
                mean(r["nlu_confidence"] for r in rows),
            )
            for place, rows in group(self._turns(), of).items()
        ]

    def lex_elicitation_daily(self):
        """dt, bot_name, bot_alias, locale, intent, slot, times_asked, missed_next, asked_again, left_off, failed_ratio"""
        asked = collections.defaultdict(collections.Counter)
        for rows in self._conversations(self._turns()).values():
            for row, after in zip(rows, rows[1:] + [None]):
                if row["dialog_action"] != "ElicitSlot" or row["slot_to_elicit"] is None:
                    continue
                if after is None:
                    became = "none"
                elif after["missed_utterance"]:
                    became = "missed"
                else:
                    became = "again" if after["slot_to_elicit"] == row["slot_to_elicit"] else "on"
                asked[*self._bot(row), row["intent"], row["slot_to_elicit"]][became] += 1
        return [
            (*place, sum(n.values()), n["missed"], n["again"], n["none"], ratio(sum(n.values()) - n["on"], sum(n.values())))
            for place, n in asked.items()
        ]

    def lex_slot_daily(self):
        """dt, bot_name, intent, slot, entries, filled, obfuscated, filled_ratio, is_obfuscated"""
        answer = []
        for place, rows in group(self.slots, lambda r: (r["dt"], r["bot_name"], r["intent"], r["slot"])).items():
            filled, hidden = sum(bool(r["is_filled"]) for r in rows), sum(bool(r["is_obfuscated"]) for r in rows)
            answer.append((*place, len(rows), filled, hidden, filled / len(rows), hidden > 0))
        return answer

    def lex_sentiment_daily(self):
        """dt, bot_name, bot_alias, locale, sentiment, turns, sessions, sentiment_ratio, sentiment_positive, sentiment_negative, sentiment_neutral, sentiment_mixed"""
        felt = [row for row in self._turns() if row["sentiment"] is not None]
        of_bot = group(felt, self._bot)
        scores = [f"sentiment_{name}" for name in ("positive", "negative", "neutral", "mixed")]
        return [
            (
                *place,
                len(rows),
                self._sessions(rows),
                len(rows) / len(of_bot[place[:-1]]),
                *(mean(r[score] for r in rows) for score in scores),
            )
            for place, rows in group(felt, lambda r: (*self._bot(r), r["sentiment"])).items()
        ]

    def lex_session(self):
        """dt, account_id, bot_name, bot_alias, locale, session_id, originating_request_id, user_id, input_mode, first_ts, last_ts, seconds, turns, missed_turns, fallback_turns, first_intent, last_intent, outcome"""
        turns = {(r["source_object"], r["record_index"]) for r in self._turns()}
        outcomes = {"Fulfilled": "fulfilled", "Failed": "failed", "ReadyForFulfillment": "ready"}
        answer = []
        for (account, bot, session, origin), rows in self._conversations(self.lex).items():
            greatest = lambda name: max((r[name] for r in rows if r[name] is not None), default=None)
            own = [r for r in rows if (r["source_object"], r["record_index"]) in turns]
            first, last = rows[0]["event_ts"], greatest("event_ts")
            answer.append(
                (
                    min(r["dt"] for r in rows),
                    account,
                    bot,
                    greatest("bot_alias"),
                    greatest("locale"),
                    session,
                    origin,
                    greatest("user_id"),
                    greatest("input_mode"),
                    instant(first),
                    instant(last),
                    None if first is None else (last - first) // 1000,
                    len(own),
                    sum(bool(r["missed_utterance"]) for r in own),
                    sum(map(self._is_fallback, own)),
                    rows[0]["intent"],
                    rows[-1]["intent"],
                    outcomes.get(rows[-1]["intent_state"], "unfinished"),
                )
            )
        return answer

    def lex_hourly(self):
        """dt, hour_utc, bot_name, turns, sessions, missed_turns"""
        timed = (row for row in self._turns() if row["event_ts"] is not None)
        return [
            (*place, len(rows), self._sessions(rows), sum(bool(r["missed_utterance"]) for r in rows))
            for place, rows in group(timed, lambda r: (r["dt"], hour(r["event_ts"]), r["bot_name"])).items()
        ]

    def lex_path(self):
        """dt, bot_name, session_id, step, seconds, input_transcript, bot_response, intent, intent_state, dialog_action, slot_to_elicit, is_missed, sentiment"""
        answer = []
        for rows in self._conversations(self.lex).values():
            for step, (before, row) in enumerate(zip([None] + rows, rows), 1):
                known = before is not None and None not in (before["event_ts"], row["event_ts"])
                answer.append(
                    (
                        *(row[name] for name in ("dt", "bot_name", "session_id")),
                        step,
                        (row["event_ts"] - before["event_ts"]) // 1000 if known else None,
                        *(row[name] for name in ("input_transcript", "bot_response", "intent", "intent_state")),
                        *(row[name] for name in ("dialog_action", "slot_to_elicit")),
                        bool(row["missed_utterance"]),
                        row["sentiment"],
                    )
                )
        return answer

    def qs_lex(self):
        """dt, hour_utc, account_id, region, bot_name, bot_alias, bot_version, locale, input_mode, intent, intent_state, dialog_action, slot_to_elicit, nlu_confidence, sentiment, is_missed, is_fallback"""
        return [
            (
                r["dt"],
                hour(r["event_ts"]),
                *(r[name] for name in ("account_id", "region", "bot_name", "bot_alias", "bot_version", "locale", "input_mode")),
                r["intent"] or "none",
                *(r[name] for name in ("intent_state", "dialog_action", "slot_to_elicit", "nlu_confidence", "sentiment")),
                bool(r["missed_utterance"]),
                self._is_fallback(r),
            )
            for r in self._turns()
        ]
