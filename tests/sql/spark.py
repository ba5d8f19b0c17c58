"""Athena's own statements on Spark with Hive support: they are understood, and give the rows that the program gives.

    spark.py PROMPTLAKE LAKE

The texts of `promptlake ddl --dialect athena`, `athena-catalog` and `spark` run unchanged but for the location, which is the local
LAKE. Athena's statements are Hive's, which Trino does not parse: Spark proves the statements, Trino the queries.
"""

import re
import subprocess
import sys
import tempfile

from pyspark.sql import SparkSession

PLACE = "s3://bucket/lake"


def call(binary, lake, *arguments):
    done = subprocess.run([binary, *arguments, "--lake", lake], capture_output=True, text=True, timeout=600, check=True)
    return done.stdout


def tables(text):
    """The statements of tables; views are not for Hive."""
    for statement in re.split(r";\n", text):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        statement = "\n".join(lines).strip()
        if statement and not statement.startswith("CREATE OR REPLACE VIEW"):
            yield statement


def main(binary, lake):
    with tempfile.TemporaryDirectory() as folder:
        spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.session.timeZone", "UTC")
            # Spark would read ${dt} as a variable of its own.
            .config("spark.sql.variable.substitute", "false")
            .config("spark.sql.warehouse.dir", f"{folder}/warehouse")
            .config("spark.hadoop.javax.jdo.option.ConnectionURL", "jdbc:derby:memory:db;create=true")
            # Derby's log, too.
            .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={folder}")
            .enableHiveSupport()
            .getOrCreate()
        )
        spark.sparkContext.setLogLevel("ERROR")
        wrong = []
        for dialect in ("athena", "athena-catalog", "spark"):
            spark.sql(f"CREATE DATABASE {dialect.replace('-', '_')}")
            spark.sql(f"USE {dialect.replace('-', '_')}")
            names = []
            for statement in tables(call(binary, lake, "ddl", "--dialect", dialect, "--location", PLACE)):
                spark.sql(statement.replace(PLACE, f"file://{lake}"))
                created = re.match(r"CREATE (?:EXTERNAL )?TABLE IF NOT EXISTS (\w+)", statement)
                if created:
                    names.append(created[1])
                    if dialect == "athena" and "PARTITIONED BY" in statement:
                        # What projection does on Athena.
                        spark.sql(f"MSCK REPAIR TABLE {created[1]}")
            for name in names:
                plain = [
                    field.name
                    for field in spark.table(name).schema.fields
                    if field.dataType.simpleString() in ("string", "bigint", "date", "timestamp", "boolean")
                ]
                sql = f"SELECT count(*) AS n, {', '.join(f'count({column}) AS {column}' for column in plain)} FROM {name}"
                theirs = ",".join(str(value) for value in spark.sql(sql).collect()[0])
                ours = call(binary, lake, "sql", "--format", "csv", "-c", sql).splitlines()[1]
                if theirs != ours:
                    wrong.append(f"{dialect} {name}: {theirs} in Spark, {ours} here")
                print(f"{dialect} {name}: {ours.split(',')[0]} rows, {len(plain)} columns counted", flush=True)
            sql = "SELECT CAST(min(event_ts_nanos) AS string), CAST(min(event_ts) AS string) FROM chat"
            nanos, instant = spark.sql(sql).collect()[0]
            ours = call(binary, lake, "sql", "--format", "tsv", "-c", "SELECT min(event_ts_nanos), min(event_ts) FROM chat")
            if f"{nanos}\t{instant.replace(' ', 'T')}" not in ours:
                wrong.append(f"{dialect}: the first instant is {instant} in Spark")
        for line in wrong:
            print(f"WRONG {line}", file=sys.stderr)
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
