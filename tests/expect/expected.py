#!/usr/bin/env python3
"""Computes from a local bucket what the lake must hold. Standard library only; shares nothing with the converter.

    expected.py OUT_DIR NAME=BUCKET_DIR[?kind=lex&account=…&region=…] [NAME=BUCKET_DIR …]

Writes OUT_DIR/<table>.jsonl: a row a line, all columns and `dt`, in canonical order by dt. Instants are milliseconds
since the epoch, days ISO dates. `rejects.detail` is left out: its wording is free.
"""

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass, field

import bucket
import by_user_analytic
import chat
import csv_text
import dev_task
import duplicates
import inline_completion
import json_text
import lex
import user_report
from tables import FREE_TEXT, LEGACY_METRICS, TABLES

MAX_RAW = 1 << 20
DATASETS = {
    "chat": (chat.read, "chat"),
    "inline_completion": (inline_completion.read, "inline_completion"),
    "lex": (lex.read, "lex_conversation"),
    "dev_task": (dev_task.read, "dev_task"),
    "user_report": (user_report.read, "user_activity"),
    "by_user_analytic": (by_user_analytic.read, "user_activity_legacy"),
}
CHILDREN = {"user_activity": "model_usage", "lex_conversation": "lex_slot"}
# The halves of each log's records.
HALVES = {
    "generateAssistantResponseEvent": "chat",
    "generateCompletionsEvent": "inline_completion",
    "startTaskAssistCodeGenerationEvent": "dev_task",
}
LEGACY_HEADERS = {header.lower() for header, _ in LEGACY_METRICS} | {"inlinechat_eventcount"}
USER_REPORT_HEADERS = {
    "client_type",
    "chat_conversations",
    "credits_used",
    "overage_cap",
    "overage_credits_used",
    "overage_enabled",
    "subscription_tier",
    "total_messages",
}


@dataclass
class Accepted:
    """A record that became a row of its parent table, and the rows of its children."""

    obj: bucket.Object
    index: int
    row: dict
    dt: object
    children: list = field(default_factory=list)
    variant: int = 0


def expected(sources, limit=2 << 30):
    """{table: rows}, each row a dict of all columns and `dt`, ordered by dt, then canonically."""
    accepted = {table: [] for _, table in DATASETS.values()}
    audio = []
    rejects = []
    for obj in bucket.objects(sources):
        with open(obj.path, "rb") as file:
            stored = file.read()
        data, end = bucket.inflate(stored, limit)
        if data[:2] == b"\x1f\x8b" and not end:
            data, end = bucket.inflate(data, limit)
        if obj.dataset == "lex" and stored and (lex.content_type(obj.source_object) or lex.is_audio(obj, data)):
            audio.append(lex.audio(obj, len(stored)) | lineage_of(obj, 0) | {"dt": obj.day.isoformat()})
            continue
        if obj.dataset is None:
            obj.dataset = sniff(data)
        if not data and not end:
            continue

        def reject(index, reason, start, stop, obj=obj, data=data, at=None, piece=None):
            rejects.append(reject_row(obj, data, index, reason, start if at is None else at, stop, piece))

        if obj.dataset is None:
            reject(None, "unknown_content", 0, len(data))
            continue
        read, table = DATASETS[obj.dataset]

        def accept(index, row, dt, children, obj=obj, table=table):
            lineage = lineage_of(obj, index)
            children = [child | lineage for child in children]
            accepted[table].append(Accepted(obj, index, row | lineage, dt, children))

        read(obj, data, end, accept, reject)
    rows = {table: [] for table in TABLES} | {"lex_audio": audio, "rejects": rejects}
    audio.sort(key=lambda r: (r["dt"], r["source_object"].encode()))
    for table, records in accepted.items():
        for dt in sorted({r.dt for r in records}):
            for one in duplicates.decide(table, [r for r in records if r.dt == dt]):
                number = {"variant": one.variant, "dt": dt.isoformat()}
                rows[table].append(one.row | number)
                if table in CHILDREN:
                    rows[CHILDREN[table]] += [child | number for child in one.children]
    rejects.sort(key=lambda r: (r["dt"], r["source_object"].encode(), order_of(r["record_index"]), r["reason"], r["byte_offset"]))
    return rows


def sniff(data):
    """The dataset that content is of, or None."""
    text = data.removeprefix(csv_text.BOM).lstrip()
    if text[:1] in (b"{", b"["):
        # The first half that is named; within a text its quotes would be escaped.
        found = re.search(rb'"(%s)(?:Request|Response)"' % "|".join(HALVES).encode(), text)
        return HALVES[found[1].decode()] if found else None
    header = next(csv_text.rows(text, 0), None)
    try:
        names = {c.decode("utf-8").strip().lower() for c in header.cells} if header else set()
    except UnicodeDecodeError:
        return None
    if not {"date", "userid"} <= names:
        return None
    if names & LEGACY_HEADERS:
        return "by_user_analytic"
    return "user_report" if names & USER_REPORT_HEADERS else None


def lineage_of(obj, index):
    return {
        "account_id": obj.account_id,
        "region": obj.region,
        "source": obj.source,
        "source_object": obj.source_object,
        "record_index": index,
    }


def reject_row(obj, data, index, reason, start, stop, piece=None):
    piece = data[start:stop] if piece is None else piece
    raw = piece[: MAX_RAW + 4].decode("utf-8", "replace").encode("utf-8")[:MAX_RAW].decode("utf-8", "ignore")
    return lineage_of(obj, index) | {
        "event_date": obj.day.isoformat(),
        "dt": obj.day.isoformat(),
        "dataset": obj.dataset,
        "reason": reason,
        "byte_offset": start,
        "line": 1 + data.count(b"\n", 0, start),
        "raw": raw,
        "raw_bytes": len(piece),
        "raw_sha256": hashlib.sha256(piece).hexdigest(),
    }


def order_of(index):
    """NULL first."""
    return -1 if index is None else index


def source(argument):
    """(name, directory, options)"""
    name, _, uri = argument.partition("=")
    directory, _, options = uri.partition("?")
    return name, directory, dict(o.split("=", 1) for o in options.split("&") if o)


def main(arguments):
    if len(arguments) < 2 or not all("=" in a for a in arguments[1:]):
        sys.exit(__doc__)
    out, sources = arguments[0], [source(a) for a in arguments[1:]]
    os.makedirs(out, exist_ok=True)
    for table, rows in expected(sources).items():
        columns = [name for name, _ in TABLES[table] if (table, name) not in FREE_TEXT]
        with open(os.path.join(out, f"{table}.jsonl"), "w", encoding="ascii") as file:
            for row in rows:
                assert set(row) == {*columns, "dt"}, f"{table}: columns {set(row) ^ {*columns, 'dt'}}"
                file.write(json.dumps({"dt": row["dt"]} | {name: row[name] for name in columns}) + "\n")
        print(f"{table}: {len(rows)} rows")


if __name__ == "__main__":
    main(sys.argv[1:])
