"""Twins and variants: which of the rows of one key stay, and their numbers."""

import json
from itertools import groupby

import lex

LINEAGE_OF_LOGS = ("account_id", "region")
NOT_CONTENT = ("source", "source_object", "record_index", "report_ts", "variant")
NOT_CONTENT_OF_LEX = ("log_group", "log_stream")
LOGS = ("chat", "inline_completion", "dev_task")
USER_DAY = ("account_id", "region", "event_date", "user_id")
KEYS = {log: ("request_id",) for log in LOGS} | {"user_activity": (*USER_DAY, "client_type"), "user_activity_legacy": USER_DAY}


def decide(table, accepted):
    """The records that stand, each with its `variant`, in canonical order. Takes those of one table and dt."""
    stand = []
    key = (lambda a: lex.key(a.row)) if table == "lex_conversation" else lambda a: tuple(a.row[name] for name in KEYS[table])
    sortable = lambda a: json.dumps(key(a))
    for _, group in groupby(sorted(accepted, key=sortable), key=sortable):
        group = sorted(group, key=canonical)
        if table in LOGS and group[0].row["request_id"] is None:
            stand += group
            continue
        contents = {}
        for one in group:
            contents.setdefault(content(table, one), []).append(one)
        kept = [min(twins, key=precedence) for twins in contents.values()]
        kept.sort(key=lambda a: (-report_ts(a), canonical(a)))
        for number, one in enumerate(kept):
            one.variant = number
        stand += kept
    return sorted(stand, key=canonical)


def canonical(accepted):
    return accepted.obj.day, accepted.obj.source_object.encode(), accepted.index


def report_ts(accepted):
    time = accepted.obj.report_ts
    return -1 if time is None else time


def precedence(accepted):
    """The smallest of equal rows stays."""
    obj = accepted.obj
    return -report_ts(accepted), not obj.dated, obj.account_id is None, canonical(accepted)


def content(table, accepted):
    drop = NOT_CONTENT + (LINEAGE_OF_LOGS if table in (*LOGS, "lex_conversation") else ())
    drop += NOT_CONTENT_OF_LEX if table == "lex_conversation" else ()
    of = lambda row: {name: value for name, value in row.items() if name not in drop}
    children = sorted((json.dumps(of(c), sort_keys=True) for c in accepted.children))
    return json.dumps([of(accepted.row), children], sort_keys=True)
