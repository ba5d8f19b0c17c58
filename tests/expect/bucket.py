"""A local mirror of a bucket: which objects there are, what their keys tell, and their inflated bytes."""

import os
import re
import zlib
from dataclasses import dataclass
from datetime import date

UNDATED = date(2019, 1, 1)
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PRODUCTS = {"KiroLogs": "kiro", "QDeveloperLogs": "qdeveloper"}
LOGS = {
    "GenerateAssistantResponse": "chat",
    "GenerateCompletions": "inline_completion",
    "StartTaskAssistCodeGeneration": "dev_task",
}
REPORTS = ("user_report", "by_user_analytic")
DATASETS = LOGS | {name: name for name in REPORTS}
ENDINGS = {dataset: (".json", ".gz") for dataset in LOGS.values()} | {name: (".csv", ".csv.gz") for name in REPORTS}
LOG_NAME = re.compile(r"([0-9]{12})_([A-Za-z]+)_([0-9]{12})_[A-Za-z0-9]{16}\.(?:json\.gz|json|gz)")
# Client, account, report.
REPORT_NAME = re.compile(r"(?:(.+)_)?([0-9]{12})_(user_report|by_user_analytic)(?:_.*)?\.csv(?:\.gz)?", re.S)
REPORT_TIME = re.compile(r"(?:user_report|by_user_analytic)(?:_part_[0-9]+)?_([0-9]{12})(?![0-9A-Za-z])")


@dataclass
class Object:
    path: str
    source_object: str
    dataset: str | None  # None: only the content tells
    day: date
    dated: bool
    account_id: str | None
    region: str | None
    source: str | None
    client: str | None
    report_ts: int | None  # milliseconds


def objects(sources):
    """The objects of the sources [(name, directory, options)]; of several with one source_object, the first.

    Options, which may be missing: `kind`, `account`, `region`.
    """
    found = {}
    for name, directory, *options in sources:
        options = options[0] if options else {}
        root = os.path.abspath(directory)
        for key, path in sorted(_files(root)):
            if options.get("kind") == "lex":
                known = _lex(name, root, key, path)
            else:
                known = classify(name, root, key, path)
            if known is not None:
                known.account_id = known.account_id or options.get("account")
                known.region = known.region or options.get("region")
            if known is not None:
                found.setdefault(known.source_object, known)
    return sorted(found.values(), key=lambda o: (o.day, o.source_object.encode()))


def _files(root):
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            yield os.path.relpath(path, root).replace(os.sep, "/"), path


def classify(name, root, key, path=""):
    """What a key tells; None for strays and for what is not recognised."""
    segments = f"{root}/{key}".split("/")
    places = [i for i, s in enumerate(segments[:-1]) if s == "AWSLogs"]
    file = segments[-1]
    if not places:
        if not file.endswith((".json", ".gz", ".csv")):
            return None
        return _flat(path, f"{name}/{key}", file)
    source_object = "/".join(segments[places[-1] :])
    below = segments[places[-1] + 1 :]
    if file == "aws-logs-write-test" or UUID.fullmatch(file):
        return None
    if len(below) < 8 or not re.fullmatch("[0-9]{12}", below[0]) or below[1] not in PRODUCTS:
        return _named(path, source_object, file)
    account, tree, kind, region, year, month, day = below[:7]
    dataset = DATASETS.get(kind)
    rest = below[7:]
    if len(rest) > 1 and re.fullmatch("[0-9]{2}", rest[0]):
        rest = rest[1:]
    zipped = len(rest) == 2 and rest[0].endswith(".gz") and rest[1].endswith(".json")
    if dataset is None or not (len(rest) == 1 or zipped) or not file.endswith(ENDINGS[dataset]):
        return None
    if not re.fullmatch("[0-9]{8}", year + month + day) or (len(year), len(month)) != (4, 2):
        return None
    try:
        source_day = date(int(year), int(month), int(day))
    except ValueError:
        return None
    client, report_ts = _report(file) if dataset in REPORTS else (None, None)
    return Object(path, source_object, dataset, source_day, True, account, region.lower(), PRODUCTS[tree], client, report_ts)


def _lex(name, root, key, path):
    """An object of a source of Lex logs, whatever its name."""
    segments = f"{root}/{key}".split("/")
    places = [i for i, s in enumerate(segments[:-1]) if s == "AWSLogs"]
    if segments[-1] == "aws-logs-write-test":
        return None
    source_object = "/".join(segments[places[-1] :]) if places else f"{name}/{key}"
    day = lex_day(source_object)
    return Object(path, source_object, "lex", day or UNDATED, day is not None, None, None, "lex", None, None)


def lex_day(source_object):
    """The last possible date in the folders below the first, or None."""
    folders = source_object.split("/")[1:-1]
    for end in range(len(folders), 0, -1):
        last = folders[end - 1]
        three = folders[max(0, end - 3) : end]
        named = [f.removeprefix(p) if f.startswith(p) else "" for f, p in zip(three, ("year=", "month=", "day="))]
        for date_of in (last.removeprefix("dt=").split("-"), three, named):
            if len(date_of) == 3 and [len(d) for d in date_of] == [4, 2, 2] and re.fullmatch("[0-9]{8}", "".join(date_of)):
                day = _day("".join(date_of))
                if day is not None and UNDATED <= day <= date(2099, 12, 31):
                    return day
    return None


def _flat(path, source_object, file):
    named = _named(path, source_object, file)
    if named is not None:
        return named
    return Object(path, source_object, None, UNDATED, False, None, None, None, None, None)


def _named(path, source_object, file):
    """What the name of a file alone tells."""
    log = LOG_NAME.fullmatch(file)
    if log and log[2] in LOGS:
        day = _day(log[3])
        return Object(path, source_object, LOGS[log[2]], day or UNDATED, day is not None, log[1], None, None, None, None)
    named = REPORT_NAME.fullmatch(file)
    if named:
        time = REPORT_TIME.search(file)
        day = _day(time[1]) if time else None
        client, report_ts = _report(file)
        return Object(path, source_object, named[3], day or UNDATED, day is not None, named[2], None, None, client, report_ts)
    return None


def _report(file):
    """The client that the file name of a report names, and the milliseconds of its time."""
    named = REPORT_NAME.fullmatch(file)
    time = REPORT_TIME.search(file)
    day = _day(time[1]) if time else None
    hour, minute = (int(time[1][8:10]), int(time[1][10:])) if time else (0, 0)
    if day is None or hour > 23 or minute > 59:
        return named and named[1], None
    days = (day - date(1970, 1, 1)).days
    return named and named[1], (days * 1440 + hour * 60 + minute) * 60_000


def _day(digits):
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def inflate(data, limit=2 << 30):
    """The inflated bytes, and the reason for which they end early or wrongly (None: they end as they should)."""
    if data[:2] != b"\x1f\x8b":
        return (data, None) if len(data) <= limit else (data[:limit], "too_large")
    out = bytearray()
    while data:
        if not data.strip(b"\0"):
            return bytes(out), None
        if data[:2] != b"\x1f\x8b":
            return bytes(out), "trailing_bytes"
        member = zlib.decompressobj(wbits=31)
        try:
            out += member.decompress(data)
        except zlib.error:
            out += _before_damage(data)
            return bytes(out[:limit]), "too_large" if len(out) > limit else "gzip_corrupt"
        if len(out) > limit:
            return bytes(out[:limit]), "too_large"
        if not member.eof:
            return bytes(out), "gzip_truncated"
        data = member.unused_data
    return bytes(out), None


def _before_damage(data):
    """What a damaged member holds before its damage, found byte by byte."""
    member, out = zlib.decompressobj(wbits=31), bytearray()
    for i in range(len(data)):
        try:
            out += member.decompress(data[i : i + 1])
        except zlib.error:
            break
    return bytes(out)
