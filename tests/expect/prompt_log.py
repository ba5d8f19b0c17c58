"""What prompt logs share: the records of an object, halves and their members, who and when."""

import cell
import json_text
from cell import Reject
from json_text import Broken, Number, Object


def read(decode, obj, data, end, accept, reject):
    """Gives each record of an object, decoded, to `accept` (index, row, dt, children) or to `reject` (index, reason, start, end)."""
    reader = _Records(decode, obj, data, accept, reject)
    try:
        reader.stream()
    except Broken as broken:
        reason = end if end and broken.eof else "syntax"
        start = broken.offset if reader.open is None else reader.open
        reject(reader.index, reason, start, len(data))
        return
    if end:
        reject(reader.index, end, len(data), len(data))


class _Records:
    def __init__(self, decode, obj, data, accept, reject):
        self.decode = decode
        self.obj, self.data, self.accept, self.reject = obj, data, accept, reject
        self.index = 0
        # Where the record begins that is being read.
        self.open = None

    def stream(self):
        data = self.data
        at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        while True:
            at = json_text.skip_space(data, at)
            if at >= len(data):
                return
            if data[at : at + 1] == b"[":
                at = self.array(at)
            elif data[at : at + 1] == b"{":
                at = self.object(at)
            else:
                at = self.record(at)

    def object(self, start):
        """A wrapper, whose `records` may come after other members, or a bare record."""
        self.open = start
        at, wrapper = start + 1, False
        closes = json_text.skip_space(self.data, at)
        if self.data[closes : closes + 1] == b"}":
            return self.record(start)
        while True:
            name, at = json_text.read_key(self.data, at)
            at = json_text.skip_space(self.data, at)
            if name == "records":
                wrapper, self.open = True, None
            if name == "records" and self.data[at : at + 1] == b"[":
                at = self.array(at)
            else:
                if name == "records":
                    self.open = at
                found = json_text.read_value(self.data, at)
                at = found.end
                if name == "records":
                    self.open = None
                if name == "records" and found.value is not None:
                    self.take(found, "not_a_record")
            at = json_text.skip_space(self.data, at)
            if at >= len(self.data):
                raise Broken(at, True)
            at += 1
            if self.data[at - 1 : at] == b"}":
                break
            if self.data[at - 1 : at] != b",":
                raise Broken(at - 1, False)
        return at if wrapper else self.record(start)

    def array(self, at):
        at = json_text.skip_space(self.data, at + 1)
        if self.data[at : at + 1] == b"]":
            return at + 1
        while True:
            at = json_text.skip_space(self.data, self.record(at))
            if at >= len(self.data):
                raise Broken(at, True)
            at += 1
            if self.data[at - 1 : at] == b"]":
                return at
            if self.data[at - 1 : at] != b",":
                raise Broken(at - 1, False)

    def record(self, at):
        self.open = json_text.skip_space(self.data, at)
        found = json_text.read_value(self.data, at)
        self.open = None
        self.take(found, None)
        return found.end

    def take(self, found, reason):
        index, self.index = self.index, self.index + 1
        try:
            if reason or found.problem:
                raise Reject(reason or found.problem)
            row, dt = self.decode(self.obj, found.value)
        except Reject as why:
            self.reject(index, why.reason, found.start, found.end)
        else:
            self.accept(index, row, dt, [])


def halves(record, request, response):
    """The two halves of a record, empty where one is missing; a record has at least one."""
    if not isinstance(record, Object):
        raise Reject("not_a_record")
    found = half(record, request), half(record, response)
    if found == (None, None):
        raise Reject("not_a_record")
    return found[0] or Object(), found[1] or Object()


def half(value, name):
    found = value.get(name)
    if found is not None and not isinstance(found, Object):
        raise Reject("wrong_type")
    return found


def text(members, name):
    found = members.get(name)
    if found is None:
        return None
    if not is_text(found):
        raise Reject("wrong_type")
    return found


def list_of(members, name):
    value = members.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or isinstance(value, Object):
        raise Reject("wrong_type")
    return value


def is_text(value):
    return isinstance(value, str) and not isinstance(value, Number)


def who_and_when(obj, user, time):
    """The columns of a user id and a time as they stand in the source, and dt."""
    user_id, store = (None, None) if user is None else cell.user(user)
    nanos = None if time is None else cell.instant(time)
    if nanos is None and not obj.dated:
        raise Reject("no_time")
    dt = obj.day if nanos is None else cell.in_range(nanos // 86_400_000_000_000, obj)
    columns = {
        "user_id": user_id,
        "user_id_raw": user,
        "identity_store_id": store,
        "event_ts": None if nanos is None else nanos // 1_000_000,
        "event_ts_nanos": nanos,
        "event_date": dt.isoformat(),
    }
    return columns, dt
