"""DuckDB's statements: they are understood, and give the rows that the program gives.

    duck.py PROMPTLAKE LAKE
"""

import subprocess
import sys

import duckdb


def call(binary, lake, *arguments):
    done = subprocess.run([binary, *arguments, "--lake", lake], capture_output=True, text=True, timeout=600, check=True)
    return done.stdout


def main(binary, lake):
    wrong = 0
    for flags in ([], ["--replace"]):
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(call(binary, lake, "ddl", "--dialect", "duckdb", *flags))
        for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall():
            theirs = connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            ours = int(call(binary, lake, "sql", "--format", "csv", "-c", f"SELECT count(*) FROM {name}").splitlines()[1])
            wrong += theirs != ours
            print(f"{name}: {theirs} rows in DuckDB, {ours} here")
        day = connection.execute("SELECT min(dt) FROM chat").fetchone()[0]
        if not isinstance(day, str):
            wrong += 1
            print(f"dt is of type {type(day).__name__} in DuckDB", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
