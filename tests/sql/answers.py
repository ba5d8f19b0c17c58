"""Answers of views as files for `cargo test`: a few queries of each view over the demo's lake, with what Python says.

    answers.py EXPECTED_DIR --write | --check

Writes or checks tests/sql/answers/<view>.slt, in the form of functions.slt. The demo is the same each time, so are the answers;
none comes from a view. An answer of many rows is that of two days, or counts and sums of them.
"""

import pathlib
import sys

from views import VIEWS, Lake

FOLDER = pathlib.Path(__file__).resolve().parent / "answers"
# One on which both trees and the bot of the second generation are busy, one of the bot of the first.
DAYS = ("2025-12-17", "2025-09-10")
MANY = 70


def cell(value):
    """A value as the program writes it in TSV, doubles aside: they are compared as numbers."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            value = value.replace(plain, escaped)
    return str(value)


def block(name, sql, rows):
    lines = sorted("\t".join(map(cell, row)) for row in rows)
    return "\n".join([f"query {name}", sql, "----", *lines]) + "\n"


def summed(columns, rows):
    """Expressions over columns, and their values over rows."""
    expressions, values = ["count(*)"], [len(rows)]
    for place, column in enumerate(columns):
        there = [row[place] for row in rows if row[place] is not None]
        if there and isinstance(there[0], bool):
            expressions.append(f"count(CASE WHEN {column} THEN 1 END)")
            values.append(sum(there))
        elif there and isinstance(there[0], int):
            expressions.append(f"sum({column})")
            values.append(sum(there))
        else:
            expressions.append(f"count({column})")
            values.append(len(there))
            if not any(isinstance(value, float) for value in there):
                expressions.append(f"count(DISTINCT {column})")
                values.append(len(set(there)))
    return expressions, values


def text(view, columns, rows):
    blocks = []
    names = ", ".join(columns)
    if len(rows) <= MANY:
        blocks.append(block(view, f"SELECT {names} FROM {view}", rows))
    else:
        expressions, values = summed(columns, rows)
        blocks.append(block(f"{view}, summed", f"SELECT {', '.join(expressions)} FROM {view}", [values]))
    if len(rows) > MANY and "dt" in columns:
        for day in DAYS:
            of_day = [row for row in rows if row[columns.index("dt")] == day]
            if 0 < len(of_day) <= MANY:
                blocks.append(block(f"{view} of {day}", f"SELECT {names} FROM {view} WHERE dt = '{day}'", of_day))
    return "\n".join(blocks)


def main(folder, mode):
    lake = Lake(folder)
    files = {}
    for view in VIEWS:
        method = getattr(lake, view)
        columns = [name.strip() for name in method.__doc__.split(",")]
        files[f"{view}.slt"] = text(view, columns, [tuple(row) for row in method()])
    if mode == "--write":
        FOLDER.mkdir(exist_ok=True)
        for path in FOLDER.glob("*.slt"):
            path.unlink()
        for name, content in files.items():
            (FOLDER / name).write_text(content)
        return 0
    there = {path.name: path.read_text() for path in FOLDER.glob("*.slt")}
    wrong = sorted(name for name in files.keys() | there.keys() if files.get(name) != there.get(name))
    for name in wrong:
        print(f"{name} is not what Python says of the demo: see answers.py --write", file=sys.stderr)
    print(f"{len(files)} files of answers")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
