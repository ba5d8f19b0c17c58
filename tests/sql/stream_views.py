"""The answers of the views of streams: what arrived, what did not, what could not be read."""

import collections

from rows import DAY, group


class StreamViews:
    """Needs `all`: the rows of every table, all variants."""

    def streams(self):
        clients = {"user_activity": "client_type", "lex_conversation": "bot_alias", "lex_audio": "bot_alias_id"}
        streams = collections.defaultdict(list)
        for table, rows in self.all.items():
            if table not in ("model_usage", "lex_slot", "rejects"):
                for row in rows:
                    client = row[clients[table]] if table in clients else None
                    streams[table, row["account_id"], row["region"], client].append(row["day"])
        return streams

    def stream_day(self):
        """dt, table_name, account_id, region, client_type, rows_stored"""
        return [
            (str(day), *stream, days.count(day)) for stream, days in self.streams().items() for day in set(days)
        ]

    def stream_gaps(self):
        """dt, table_name, account_id, region, client_type, is_weekend"""
        return [
            (str(day), *stream, day.weekday() > 4)
            for stream, days in self.streams().items()
            for day in (min(days) + DAY * n for n in range((max(days) - min(days)).days))
            if day not in days
        ]

    def stream_freshness(self):
        """table_name, account_id, region, client_type, first_day, last_day, days_with_data, rows_stored, days_silent"""
        streams = self.streams()
        newest = max(max(days) for days in streams.values())
        return [
            (*stream, str(min(days)), str(max(days)), len(set(days)), len(days), (newest - max(days)).days)
            for stream, days in streams.items()
        ]

    def rejects_daily(self):
        """dt, dataset, reason, rejects"""
        return [
            (*place, len(rows))
            for place, rows in group(self.all["rejects"], lambda r: (r["dt"], r["dataset"], r["reason"])).items()
        ]
