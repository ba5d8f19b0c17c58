#!/usr/bin/env python3
"""Compares a lake with what expected.py computed, value by value. Needs pyarrow, duckdb and polars.

    compare.py LAKE EXPECTED_DIR

Each part is read alone with pyarrow: schema, order of rows, every value. Then each table is opened as one
Hive-partitioned data set with pyarrow, DuckDB and Polars, and counts and sums are compared. Prints the first
difference of each table; exits 1 if there is one.
"""

import json
import os
import re
import sys
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache

import duckdb
import polars
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq

from bucket import UNDATED, classify, lex_day
from tables import FREE_TEXT, TABLES

LINKS = pa.list_(pa.field("element", pa.struct([("uri", pa.string()), ("title", pa.string()), ("snippet", pa.string())])))
ARROW = {
    "text": pa.string(),
    "count": pa.int64(),
    "double": pa.float64(),
    "flag": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("ms", tz="UTC"),
    "links": LINKS,
    "texts": pa.list_(pa.field("element", pa.string())),
}
PHYSICAL = {"text": "BYTE_ARRAY", "count": "INT64", "double": "DOUBLE", "flag": "BOOLEAN", "date": "INT32", "instant": "INT64"}
EPOCH = date(1970, 1, 1)


class Difference(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Difference(text)


def compare(lake, expected_dir, table):
    """Raises Difference at the first one; returns the number of rows."""
    columns = TABLES[table]
    with open(os.path.join(expected_dir, f"{table}.jsonl"), encoding="ascii") as file:
        expected = [json.loads(line) for line in file]
    root = os.path.join(lake, "tables", table)
    parts = part_files(root)
    for dt, path in parts:
        compare_part(table, dt, path, [row for row in expected if row["dt"] == dt])
    missing = sorted({row["dt"] for row in expected} - {dt for dt, _ in parts})
    check(not missing, f"no part for dt={missing[0] if missing else ''}, which has rows")
    if parts:
        compare_data_set(columns, root, expected)
    return len(expected)


def part_files(root):
    """[(dt, path)], after a look at the names: nothing but one part a partition lies under a table."""
    found = []
    for name in sorted(os.listdir(root)) if os.path.isdir(root) else []:
        folder = os.path.join(root, name)
        key, _, dt = name.partition("=")
        check(key == "dt" and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", dt) is not None, f"{folder}: no partition")
        check(os.listdir(folder) == ["part-00000.parquet"], f"{folder}: holds {sorted(os.listdir(folder))}")
        found.append((dt, os.path.join(folder, "part-00000.parquet")))
    return found


def compare_part(table, dt, path, expected):
    columns = TABLES[table]
    file = pq.ParquetFile(path)
    try:
        check_schema(columns, file)
        rows = read_rows(columns, file.read())
    except Difference as difference:
        raise Difference(f"{path}: {difference}") from None
    check_membership(path, rows, expected)
    order = [place(table, row) for row in rows]
    for i, (left, right) in enumerate(zip(order, order[1:])):
        check(left <= right, f"{path}: row {i + 1} comes before row {i} in canonical order: {right} < {left}")
    for i, (want, have) in enumerate(zip(expected, rows)):
        for name, kind in columns:
            if (table, name) in FREE_TEXT:
                check(have[name] is not None, f"{path}: row {i}: {name} is NULL")
            elif not same(kind, want[name], have[name]):
                where = f"{have['source_object']} record {have['record_index']}"
                raise Difference(f"{path}: row {i} ({where}): {name}\n  expected {want[name]!r}\n  found    {have[name]!r}")


def check_membership(path, rows, expected):
    """Which records there are, before what they hold: one that is missing would shift all others."""
    name = lambda row: (row["source_object"], -1 if row["record_index"] is None else row["record_index"])
    have, want = Counter(map(name, rows)), Counter(map(name, expected))
    for text, odd in (("missing", want - have), ("not expected", have - want)):
        if odd:
            source, index = min(odd)
            raise Difference(f"{path}: {len(rows)} rows, expected {len(expected)}; {text}: {source} record {index}")


def check_schema(columns, file):
    schema = file.schema_arrow
    names = [name for name, _ in columns]
    check(schema.names == names, f"columns\n  expected {names}\n  found    {schema.names}")
    for name, kind in columns:
        field = schema.field(name)
        check(field.type == ARROW[kind], f"{name} is {field.type}, expected {ARROW[kind]}")
        check(optional(field), f"{name} is not optional in all of its levels")
    leaves = {}
    for i in range(len(file.schema)):
        leaf = file.schema.column(i)
        leaves[leaf.path] = leaf
    for name, kind in columns:
        if kind == "links":
            for leaf in ("uri", "title", "snippet"):
                path = f"{name}.list.element.{leaf}"
                check(path in leaves, f"{name}: no {path} in the file schema")
                # Optional list, repeated group, optional element, optional leaf.
                check(leaves[path].max_definition_level == 4, f"{path} is not optional in all of its levels")
            continue
        if kind == "texts":
            path = f"{name}.list.element"
            check(path in leaves, f"{name}: no {path} in the file schema")
            check(leaves[path].max_definition_level == 3, f"{path} is not optional in all of its levels")
            continue
        check(name in leaves, f"{name}: no such leaf in the file schema")
        leaf = leaves[name]
        check(leaf.physical_type == PHYSICAL[kind], f"{name} is stored as {leaf.physical_type}")
        check(leaf.max_definition_level == 1 and leaf.max_repetition_level == 0, f"{name} is not optional")
        if kind == "instant":
            logical = json.loads(leaf.logical_type.to_json())
            unit = (logical.get("Type"), logical.get("timeUnit"), logical.get("isAdjustedToUTC"))
            check(unit == ("Timestamp", "milliseconds", True), f"{name} is stored as {leaf.logical_type}")


def optional(field):
    inner = []
    if pa.types.is_list(field.type):
        inner = [field.type.value_field]
    elif pa.types.is_struct(field.type):
        inner = [field.type.field(i) for i in range(field.type.num_fields)]
    return field.nullable and all(map(optional, inner))


def read_rows(columns, table):
    """Rows as expected.py writes them: instants in milliseconds, days as ISO dates."""
    lists = {}
    for name, kind in columns:
        values = table.column(name)
        if kind == "instant":
            lists[name] = values.cast(pa.int64()).to_pylist()
        elif kind == "date":
            days = values.cast(pa.int32()).to_pylist()
            lists[name] = [None if d is None else (EPOCH + timedelta(days=d)).isoformat() for d in days]
        else:
            lists[name] = values.to_pylist()
    return [dict(zip(lists, values)) for values in zip(*lists.values())]


def same(kind, want, have):
    if kind == "double" and want is not None and have is not None:
        # Bit by bit: hex tells -0.0 from 0.0, and the last digit.
        return float(want).hex() == have.hex()
    return type(want) is type(have) and want == have


def place(table, row):
    """A row's place in canonical order."""
    source = row["source_object"]
    index = -1 if row["record_index"] is None else row["record_index"]
    tail = (row["reason"], row["byte_offset"]) if table == "rejects" else ()
    return source_day(source, row["source"] == "lex"), source.encode(), index, tail


@lru_cache(maxsize=None)
def source_day(source_object, lex):
    """A part does not hold it: it is a function of the object's name."""
    if lex:
        return lex_day(source_object) or UNDATED
    name, _, key = source_object.partition("/")
    known = classify("", "", source_object) if name == "AWSLogs" else classify(name, "", key)
    return known.day if known else UNDATED


def compare_data_set(columns, root, expected):
    """The whole table through three engines."""
    wanted = summary(columns, expected)
    for engine in (by_pyarrow, by_duckdb, by_polars):
        found = engine(columns, root)
        for name, want in wanted.items():
            check(found[name] == want, f"{root} through {engine.__name__[3:]}: {name} is {found[name]}, expected {want}")


def summed(columns):
    """Columns whose sum is compared; nanoseconds would overflow."""
    return [name for name, kind in columns if kind == "count" and name != "event_ts_nanos"]


def summary(columns, rows):
    out = {"rows": len(rows), "days": len({row["dt"] for row in rows})}
    for name, _ in columns:
        if ("rejects", name) not in FREE_TEXT:
            out[f"count({name})"] = sum(row[name] is not None for row in rows)
    for name in summed(columns):
        out[f"sum({name})"] = sum(row[name] or 0 for row in rows)
    return out


def by_pyarrow(columns, root):
    table = pa.dataset.dataset(root, format="parquet", partitioning="hive").to_table()
    dts = table.column("dt").to_pylist()
    check(dts == [str(d) for d in table.column("event_date").to_pylist()], f"{root}: dt and event_date differ")
    out = {"rows": table.num_rows, "days": len(set(dts))}
    out |= {f"count({name})": table.num_rows - table.column(name).null_count for name, _ in columns}
    return out | {f"sum({name})": sum(v or 0 for v in table.column(name).to_pylist()) for name in summed(columns)}


def by_duckdb(columns, root):
    aggregates = {"rows": "count(*)", "days": "count(DISTINCT dt)"}
    aggregates |= {f"count({name})": f'count("{name}")' for name, _ in columns}
    aggregates |= {f"sum({name})": f'coalesce(sum("{name}"), 0)' for name in summed(columns)}
    pattern = os.path.join(root, "*", "*.parquet").replace("'", "''")
    source = f"read_parquet('{pattern}', hive_partitioning = true)"
    values = duckdb.sql(f"SELECT {', '.join(aggregates.values())} FROM {source}").fetchall()[0]
    odd = duckdb.sql(f"SELECT count(*) FROM {source} WHERE CAST(dt AS DATE) IS DISTINCT FROM event_date").fetchall()[0][0]
    check(odd == 0, f"{root} through duckdb: {odd} rows whose dt and event_date differ")
    return {name: int(value) for name, value in zip(aggregates, values)}


def by_polars(columns, root):
    frame = polars.scan_parquet(os.path.join(root, "**", "*.parquet"), hive_partitioning=True)
    column = polars.col
    aggregates = [polars.len().alias("rows"), column("dt").n_unique().alias("days")]
    aggregates += [column(name).count().alias(f"count({name})") for name, _ in columns]
    aggregates += [column(name).sum().alias(f"sum({name})") for name in summed(columns)]
    return frame.select(aggregates).collect().to_dicts()[0]


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    lake, expected_dir = arguments
    failed = False
    known = os.path.join(lake, "tables")
    for name in sorted(set(os.listdir(known) if os.path.isdir(known) else []) - set(TABLES)):
        print(f"FAIL {name}: a table nobody expects")
        failed = True
    for table in TABLES:
        try:
            print(f"ok   {table}: {compare(lake, expected_dir, table)} rows")
        except Difference as difference:
            print(f"FAIL {table}: {difference}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
