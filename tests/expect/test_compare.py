"""The comparison itself: it takes a lake that is right, and finds each thing that is wrong. Needs pyarrow, duckdb, polars."""

import json
import os
import tempfile
import unittest
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from compare import ARROW, Difference, compare
from tables import TABLES

DT = "2026-07-27"
OBJECT = "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/23/%s.json.gz"


def row(table, **values):
    return {name: None for name, _ in TABLES[table]} | {"event_date": DT, "source_object": OBJECT % "a", "record_index": 0} | values


def chat_rows():
    link = {"uri": "u", "title": None, "snippet": ""}
    return [
        row("chat", request_id="1", prompt="", web_links=[link, None], event_ts=1, event_ts_nanos=1_000_000, variant=0),
        row("chat", request_id="2", prompt=None, web_links=[], is_tool_turn=True, record_index=1, variant=0),
        row("chat", request_id="3", prompt="é", web_links=None, source_object=OBJECT % "b", variant=1),
    ]


def schema(table, change=()):
    types = [(name, dict(change).get(name, ARROW[kind])) for name, kind in TABLES[table]]
    return pa.schema([field if isinstance(field, pa.Field) else pa.field(name, field) for name, field in types])


def write(root, table, rows, dt=DT, change=(), **options):
    folder = os.path.join(root, "tables", table, f"dt={dt}")
    os.makedirs(folder)
    values = [r | {"event_date": date.fromisoformat(r["event_date"])} for r in rows]
    data = pa.Table.from_pylist(values, schema=schema(table, change))
    pq.write_table(data, os.path.join(folder, "part-00000.parquet"), **options)


class Compare(unittest.TestCase):
    def compare(self, table, expected, found, **options):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, f"{table}.jsonl"), "w") as file:
                for one in expected:
                    one = {name: value for name, value in one.items() if name != "detail"}
                    file.write(json.dumps({"dt": one["event_date"]} | one) + "\n")
            write(root, table, found, **options)
            return compare(root, root, table)

    def differs(self, text, table, expected, found, **options):
        with self.assertRaises(Difference) as caught:
            self.compare(table, expected, found, **options)
        self.assertIn(text, str(caught.exception))

    def test_equal_rows(self):
        self.assertEqual(self.compare("chat", chat_rows(), chat_rows()), 3)

    def test_null_and_empty_are_told_apart(self):
        for i, name, value in ((0, "prompt", None), (1, "prompt", ""), (1, "web_links", None), (2, "web_links", [])):
            found = chat_rows()
            found[i][name] = value
            self.differs(f"row {i}", "chat", chat_rows(), found)

    def test_lists_of_texts(self):
        rows = [row("inline_completion", request_id=str(i), completions=c, record_index=i, variant=0) for i, c in enumerate(([], None, ["a", None, ""]))]
        self.assertEqual(self.compare("inline_completion", rows, rows), 3)
        for i, value in ((0, None), (1, []), (2, ["a", "", ""])):
            found = [dict(r) for r in rows]
            found[i]["completions"] = value
            self.differs("completions", "inline_completion", rows, found)

    def test_doubles_are_compared_to_the_last_digit(self):
        one = [row("user_activity", credits_used=0.1, variant=0)]
        self.assertEqual(self.compare("user_activity", one, one), 1)
        self.differs("credits_used", "user_activity", one, [row("user_activity", credits_used=0.1 + 2**-56, variant=0)])
        zero = [row("user_activity", credits_used=0.0, variant=0)]
        self.differs("credits_used", "user_activity", zero, [row("user_activity", credits_used=-0.0, variant=0)])

    def test_rows_out_of_order_missing_and_not_expected(self):
        rows = chat_rows()
        self.differs("canonical order", "chat", rows, [rows[1], rows[0], rows[2]])
        self.differs("missing", "chat", rows, rows[:2])
        self.differs("not expected", "chat", rows[:2], rows)
        self.differs("dt=2026-07-28", "chat", rows + [row("chat", event_date="2026-07-28")], rows)

    def test_types_units_and_names(self):
        rows = chat_rows()
        micros = pa.timestamp("us", tz="UTC")
        for text, options in (
            ("event_ts is timestamp[us", {"change": [("event_ts", micros)]}),
            ("event_ts is timestamp[ms]", {"change": [("event_ts", pa.timestamp("ms"))]}),
            ("record_index is int32", {"change": [("record_index", pa.int32())]}),
            ("source_object is not optional", {"change": [("source_object", pa.field("source_object", pa.string(), nullable=False))]}),
            ("prompt is large_string", {"change": [("prompt", pa.large_string())]}),
            ("web_links", {"use_compliant_nested_type": False, "change": [("web_links", pa.list_(pa.field("item", ARROW["links"].value_type)))]}),
        ):
            self.differs(text, "chat", rows, rows, **options)

    def test_the_wording_of_a_detail_is_free_but_there_is_one(self):
        reject = row("rejects", reason="syntax", byte_offset=0)
        self.assertEqual(self.compare("rejects", [reject], [reject | {"detail": "any"}]), 1)
        self.differs("detail is NULL", "rejects", [reject], [reject])

    def test_a_foreign_partition_and_a_wrong_day(self):
        rows = chat_rows()
        self.differs("no part", "chat", rows, [], dt="2026-07-28")
        self.differs("partition", "chat", rows, rows, dt="__HIVE_DEFAULT_PARTITION__")


if __name__ == "__main__":
    unittest.main()
