"""Measures the peak memory of runs under `--memory`.

    memory.py PROMPTLAKE WORK [CASE...] [--bench-bucket BENCH_BUCKET]

CASE is one or more of (default: all)
  idle       one object of one record: what the binary needs
  day        30,000 small objects of one day (a), and 120 large ones (b)
  year       the reports of a year (c), and all of them, or two of three a day, exported again with another value in each
  object     one log of 1 GiB inflated, and one export of Lex logs of 1 GiB
  partition  one partition of 5,000,000 rows, with 15,000,000 rows in its child table
  twins      a report of 1,000,000 rows exported twice: a million twins
Each runs with `--memory 256MiB` and with the default. Inputs that are missing are written below WORK. Peaks are those of the child
process alone.
"""

import argparse
import datetime
import gzip
import json
import pathlib
import random
import shutil
import sys

from series import HERE, Series, head, row

LIMITS = ["256MiB", None]
GIB = 1 << 30
DAY = "2026/03/23"
TREE = "AWSLogs/111122223333/KiroLogs"
HEADER = "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Total_Messages,auto_messages,claude_opus_4.6_messages,claude_sonnet_4.5_messages\n"


def words(seed):
    chosen = random.Random(seed)
    known = ["".join(chosen.choice("abcdefghijklmnop") for _ in range(chosen.randint(3, 9))) for _ in range(4000)]
    return lambda count: " ".join(chosen.choice(known) for _ in range(count))


def instant(number):
    time = datetime.datetime(2026, 3, 23, tzinfo=datetime.timezone.utc) + datetime.timedelta(milliseconds=number * 100)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"


def chat_log(path):
    """A log of 1 GiB: one document."""
    text = words(5)
    with gzip.open(path, "wb", compresslevel=1) as out:
        size = out.write(b'{"records":[')
        number = 0
        while size < GIB:
            request = {"prompt": text(120), "chatTriggerType": "MANUAL", "userId": f"user-{number % 500}", "timeStamp": instant(number)}
            response = {"assistantResponse": text(300), "requestId": f"{number:032x}"}
            record = {"generateAssistantResponseEventRequest": request, "generateAssistantResponseEventResponse": response}
            size += out.write((b"," if number else b"") + json.dumps(record).encode())
            number += 1
        out.write(b"]}")


def lex_export(path):
    """An export of a log group, 1 GiB: every third message takes several lines."""
    text = words(6)
    with gzip.open(path, "wb", compresslevel=1) as out:
        size = number = 0
        while size < GIB:
            entry = {
                "messageVersion": "2.0",
                "timestamp": instant(number),
                "requestId": f"{number:08x}-0000-4000-8000-000000000000",
                "sessionId": f"session-{number // 5}",
                "bot": {"id": "BOT1", "name": "calls", "aliasId": "ALIAS1", "localeId": "en_GB", "version": "3"},
                "inputMode": "Text",
                "inputTranscript": text(60),
                "messages": [{"contentType": "PlainText", "content": text(60)}],
                "sessionState": {"intent": {"name": "Book", "state": "InProgress"}},
            }
            line = json.dumps(entry, indent=1 if number % 3 == 0 else None)
            size += out.write(f"{instant(number)} {line}\n".encode())
            number += 1


def report(path, first, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen = random.Random(first)
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEADER)
        for user in range(first, first + rows):
            credits = chosen.random() * 50
            out.write(f"2026-03-23,{user:08x}-2222-3333-4444-555566667777,KIRO_IDE,{user % 20},{credits},{user % 90},{user % 30},{user % 13},{user % 5}\n")


def report_key(name):
    return f"{TREE}/user_report/us-east-1/{DAY}/00/KIRO_IDE_111122223333_user_report_202603230000{name}.csv"


class Memory(Series):
    def made(self, name, make):
        path = self.work / name
        if not path.exists():
            making = self.work / f"{name}.making"
            shutil.rmtree(making, ignore_errors=True)
            make(making)
            making.rename(path)
        return path

    def measure(self, name, source, *flags, before=None):
        for limit in LIMITS:
            memory = ["--memory", limit] if limit else []
            if before:
                self.run(before)
            figures = [self.run(source, *flags, *memory, fresh=not before)]
            row(f"{name}, {limit or 'default'}", figures)

    def idle(self):
        def make(path):
            report(path / report_key(""), 0, 1)

        self.measure("one record", self.made("one", make))

    def day(self):
        for kind in ("a", "b"):
            self.measure(f"({kind})", self.bucket(kind, kind))

    def year(self):
        year = self.bucket("c", "c")

        def again(kept):
            def make(path):
                for old in year.rglob("*.csv"):
                    new = path / old.relative_to(year)
                    new.parent.mkdir(parents=True, exist_ok=True)
                    if old.name.startswith(kept):
                        # The same file: a copy would be another version.
                        new.hardlink_to(old)
                    else:
                        text = old.read_text("utf-8")
                        new.write_text(text.replace("@example.com", "@example.org", 1), "utf-8")

            return make

        self.measure("(c)", year)
        self.measure("(c) exported again", self.made("c-again", again("none")), before=year)
        self.measure("(c), two of three reports exported again", self.made("c-some", again("PLUGIN")), before=year)

    def object(self):
        def chat(path):
            folder = path / f"{TREE}/GenerateAssistantResponse/us-east-1/{DAY}/10"
            folder.mkdir(parents=True)
            chat_log(folder / "111122223333_GenerateAssistantResponse_202603231000_big.json.gz")

        def lex(path):
            (path / "export/abc").mkdir(parents=True)
            lex_export(path / "export/abc/000000.gz")

        self.measure("a log of 1 GiB", self.made("big-chat", chat))
        options = "?kind=lex&account=111122223333&region=eu-west-1"
        self.measure("an export of 1 GiB", f"{self.made('big-lex', lex)}{options}")

    def partition(self):
        def make(path):
            for part in range(50):
                report(path / report_key(f"_part_{part + 1}"), part * 100_000, 100_000)

        self.measure("5,000,000 rows", self.made("partition", make))

    def twins(self):
        def make(path):
            for part in range(20):
                report(path / report_key(f"_part_{part + 1}"), part % 10 * 100_000, 100_000)

        self.measure("a million twins", self.made("twins", make))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cases = ["idle", "day", "year", "object", "partition", "twins"]
    parser.add_argument("promptlake", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("case", nargs="*", help=", ".join(cases))
    parser.add_argument("--bench-bucket", type=pathlib.Path, default=HERE.parent / "target/release/examples/bench_bucket")
    args = parser.parse_args()
    if unknown := set(args.case) - set(cases):
        parser.error(f"no case {', '.join(sorted(unknown))}")
    memory = Memory(args)
    head("Peak memory under `--memory`")
    for case in args.case or cases:
        getattr(memory, case)()
    sys.stdout.flush()


if __name__ == "__main__":
    main()
