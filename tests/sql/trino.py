"""A real Trino and this program's SQL over one lake: every view, the functions and the tables, row for row.

    trino.py PROMPTLAKE LAKE

PROMPTLAKE is the binary, LAKE a local lake. It is copied to the S3 server that PROMPTLAKE_TEST_S3_ENDPOINT, …_ACCESS_KEY and
…_SECRET_KEY name, made known to the Trino of PROMPTLAKE_TEST_TRINO by the statements of `promptlake ddl --dialect trino`, and
asked there. Doubles are compared to 1e-9 of their size.
"""

import json
import math
import os
import pathlib
import re
import subprocess
import sys
import urllib.request

from pyarrow import fs

BUCKET = "promptlake-sql"
ROOT = pathlib.Path(__file__).resolve().parents[2]
RELATIVE = 1e-9


class Failed(Exception):
    """A statement that an engine refuses."""


class Trino:
    """Speaks Trino's HTTP protocol."""

    def __init__(self, url):
        self.url = url

    def ask(self, sql):
        """Columns and rows of a statement."""
        headers = {
            "X-Trino-User": "test",
            "X-Trino-Catalog": "lake",
            "X-Trino-Schema": "promptlake",
            "X-Trino-Time-Zone": "UTC",
        }
        request = urllib.request.Request(self.url + "/v1/statement", sql.encode(), headers)
        columns, rows = None, []
        while True:
            with urllib.request.urlopen(request, timeout=300) as answer:
                page = json.load(answer)
            if "error" in page:
                raise Failed(page["error"]["message"])
            columns = page.get("columns", columns)
            rows += page.get("data", [])
            if "nextUri" not in page:
                return [column["type"] for column in columns or []], rows
            request = urllib.request.Request(page["nextUri"], headers=headers)


class Promptlake:
    """Calls the program."""

    def __init__(self, binary, lake):
        self.binary, self.lake = binary, lake

    def run(self, *arguments):
        done = subprocess.run(
            [self.binary, *arguments, "--lake", self.lake], capture_output=True, text=True, timeout=600
        )
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        return done.stdout

    def ask(self, sql):
        """Rows of a statement, as lists."""
        lines = self.run("sql", "--format", "ndjson", "-c", sql).splitlines()
        return [list(json.loads(line).values()) for line in lines]


def split(text):
    """Statements, less comment lines before them."""
    statements = []
    for statement in re.split(r";\n", text):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        statement = "\n".join(lines).strip()
        if statement:
            statements.append(statement)
    return statements


def of_trino(value, kind):
    """A value of Trino's JSON, as the program writes it."""
    if value is None:
        return None
    if kind.startswith("timestamp"):
        return value.replace(" UTC", "").replace(" ", "T")
    if kind.startswith("array("):
        return [of_trino(element, kind[6:-1]) for element in value]
    if kind.startswith("row("):
        fields = [field.split(" ", 1) for field in kind[4:-1].split(", ")]
        return {name.strip('"'): of_trino(part, of) for (name, of), part in zip(fields, value)}
    return value


def of_ours(value):
    """A value of the program's JSON, in the same form."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z?", value):
        return value.rstrip("Z")
    if isinstance(value, list):
        return [of_ours(element) for element in value]
    if isinstance(value, dict):
        return {name: of_ours(part) for name, part in value.items()}
    return value


def key(row):
    """A place for a row that does not depend on the last digits of doubles."""
    return json.dumps([f"{value:.6g}" if isinstance(value, float) else value for value in row], sort_keys=True)


def is_same(left, right):
    if isinstance(left, float) or isinstance(right, float):
        if left is None or right is None or isinstance(left, str) or isinstance(right, str):
            return left == right
        return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=RELATIVE)
    return left == right


def difference(left, right):
    """What differs between two answers, or None. Names places, not values."""
    if len(left) != len(right):
        return f"{len(left)} rows in Trino, {len(right)} here"
    for place, (ours, theirs) in enumerate(zip(sorted(right, key=key), sorted(left, key=key))):
        for column, (one, other) in enumerate(zip(theirs, ours)):
            if not is_same(one, other):
                return f"row {place}, column {column + 1}: {one!r} in Trino, {other!r} here"
    return None


def cases(text):
    """Name, SQL and lines of the queries of an .slt file."""
    for block in re.split(r"\n\n", text):
        match = re.fullmatch(r"query ([^\n]*)\n(.*)\n----\n?(.*)", block.strip("\n"), re.S)
        if match:
            yield match[1], match[2], match[3].split("\n")


def cell(value):
    """A value as a cell of an .slt file."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value)
    return str(value)


TABLE_QUERIES = {
    "chat": "SELECT * FROM chat WHERE dt = '{day}'",
    "chat pruned by event_date": "SELECT count(*), count(event_ts), sum(prompt_chars) FROM chat WHERE event_date = DATE '{day}'",
    "chat pruned by event_ts": "SELECT count(*), min(event_ts), max(event_ts) FROM chat"
    " WHERE event_ts >= TIMESTAMP '{day} 00:00:00' AND event_ts < TIMESTAMP '{day} 12:00:00'",
    "chat by dt": "SELECT dt, event_date, count(*), count(DISTINCT request_id) FROM chat GROUP BY 1, 2",
    "elements of lists": "SELECT request_id, cardinality(web_links), element_at(web_links, 1) FROM chat WHERE web_link_count > 0",
    "NULL and the empty text": "SELECT prompt IS NULL, prompt = '', assistant_response = '', count(*) FROM chat GROUP BY 1, 2, 3",
    "inline_completion": "SELECT * FROM inline_completion WHERE dt = '{day}'",
    "dev_task": "SELECT * FROM dev_task",
    "user_activity": "SELECT * FROM user_activity",
    "model_usage": "SELECT * FROM model_usage",
    "user_activity_legacy": "SELECT * FROM user_activity_legacy",
    "lex_conversation": "SELECT * FROM lex_conversation WHERE bot_name = 'FlowerShop' OR dt = '{day}'",
    "lex_slot": "SELECT * FROM lex_slot",
    "lex_audio": "SELECT * FROM lex_audio",
    "rejects": "SELECT dt, event_date, dataset, reason, detail, byte_offset, line, raw_bytes, raw_sha256, record_index FROM rejects",
    "days, from the whole projection": "SELECT min(dt), max(dt), count(*), count(DISTINCT dt) FROM chat",
    "dim_date": "SELECT * FROM dim_date",
    "dim_plan": "SELECT * FROM dim_plan",
    "dim_user": "SELECT * FROM dim_user",
}


def copy(lake):
    endpoint = os.environ["PROMPTLAKE_TEST_S3_ENDPOINT"]
    scheme, place = endpoint.split("://")
    s3 = fs.S3FileSystem(
        access_key=os.environ["PROMPTLAKE_TEST_S3_ACCESS_KEY"],
        secret_key=os.environ["PROMPTLAKE_TEST_S3_SECRET_KEY"],
        endpoint_override=place,
        scheme=scheme,
        region="us-east-1",
        allow_bucket_creation=True,
    )
    s3.create_dir(BUCKET)
    for folder in ("tables", "dims"):
        fs.copy_files(str(pathlib.Path(lake, folder)), f"{BUCKET}/lake/{folder}", destination_filesystem=s3)


def main(binary, lake):
    trino = Trino(os.environ["PROMPTLAKE_TEST_TRINO"])
    here = Promptlake(binary, lake)
    copy(lake)
    trino.ask(f"CREATE SCHEMA promptlake WITH (location = 's3://{BUCKET}/schema/')")
    ddl = here.run("ddl", "--dialect", "trino", "--location", f"s3://{BUCKET}/lake")
    wrong = []
    for statement in split(ddl):
        try:
            trino.ask(statement)
        except Failed as error:
            wrong.append(f"{statement.splitlines()[0]}: {error}")
    newest = here.ask("SELECT max(dt) FROM chat")[0][0]
    queries = {name: sql.format(day=newest) for name, sql in TABLE_QUERIES.items()}
    for file in sorted((ROOT / "sql/views").glob("*.sql")):
        queries[file.stem] = f"SELECT * FROM {file.stem}"
    compared = 0
    narrowed = False
    for name, sql in queries.items():
        if name not in TABLE_QUERIES and not narrowed:
            # Every projected day costs a listing, and views scan tables many times: for them, the days that there are.
            narrowed = True
            for statement in split(ddl):
                if "partition_projection_range" in statement:
                    table = re.search(r"EXISTS (\w+)", statement)[1]
                    begin, end = here.ask(f"SELECT coalesce(min(dt), '{newest}'), coalesce(max(dt), '{newest}') FROM {table}")[0]
                    trino.ask(f"DROP TABLE {table}")
                    trino.ask(statement.replace("ARRAY['2019-01-01', 'NOW+3DAYS']", f"ARRAY['{begin}', '{end}']"))
        try:
            kinds, rows = trino.ask(sql)
            theirs = [[of_trino(value, kind) for value, kind in zip(row, kinds)] for row in rows]
            ours = [of_ours(row) for row in here.ask(sql)]
        except Failed as error:
            wrong.append(f"{name}: {error}")
            continue
        differs = difference(theirs, ours)
        if differs:
            wrong.append(f"{name}: {differs}")
        compared += len(theirs)
        print(f"{name}: {len(theirs)} rows", flush=True)
    for name, sql, lines in cases((ROOT / "tests/sql/functions.slt").read_text()):
        try:
            _, rows = trino.ask(sql)
        except Failed as error:
            wrong.append(f"{name}: {error}")
            continue
        answer = ["\t".join(cell(value) for value in row) for row in rows]
        if answer != lines:
            wrong.append(f"{name}: Trino says {answer}, not {lines}")
    print(f"{len(queries)} queries and {compared} rows compared")
    for line in wrong:
        print(f"WRONG {line}", file=sys.stderr)
    return 1 if wrong or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
