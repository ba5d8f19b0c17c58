"""JSON as the lake reads it: a value at a time from the bytes of an object, with what is wrong with it.

Written for clearness, not for speed, and without `json`, which hides what matters here: where a value begins and ends,
keys that stand twice, how a number is written, half surrogate pairs, bytes that are not UTF-8.
"""

import re
from dataclasses import dataclass

MAX_DEPTH = 128
SPACE = b" \t\r\n"
PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
HEX4 = re.compile(rb"[0-9a-fA-F]{4}")
ESCAPES = {b'"': '"', b"\\": "\\", b"/": "/", b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t"}


class Broken(Exception):
    """Bytes that are not JSON. `eof`: they would be the beginning of JSON, but end."""

    def __init__(self, offset, eof):
        super().__init__(f"no JSON at byte {offset}")
        self.offset = offset
        self.eof = eof


class Number(str):
    """A number, as written."""


class Object(list):
    """The members of an object, in source order, as pairs."""

    def get(self, name):
        for key, value in self:
            if key == name:
                return value
        return None


@dataclass
class Value:
    value: object
    start: int
    end: int
    # The first thing, in byte order, for which a record is rejected though it is JSON: a reason code, or None.
    problem: str | None


def skip_space(data, at):
    while at < len(data) and data[at] in SPACE:
        at += 1
    return at


class _Reader:
    def __init__(self, data, at):
        self.data = data
        self.at = at
        self.problem = None

    def note(self, problem):
        if self.problem is None:
            self.problem = problem

    def peek(self):
        self.at = skip_space(self.data, self.at)
        if self.at >= len(self.data):
            raise Broken(self.at, True)
        return self.data[self.at : self.at + 1]

    def text(self):
        """A string, its opening quote next."""
        if self.peek() != b'"':
            raise Broken(self.at, False)
        self.at += 1
        parts = []
        while True:
            plain = PLAIN.match(self.data, self.at).group()
            self.at += len(plain)
            try:
                parts.append(plain.decode("utf-8"))
            except UnicodeDecodeError:
                self.note("not_utf8")
            if self.at >= len(self.data):
                raise Broken(self.at, True)
            byte = self.data[self.at : self.at + 1]
            if byte == b'"':
                self.at += 1
                return "".join(parts)
            if byte != b"\\":
                raise Broken(self.at, False)
            parts.append(self.escape())

    def escape(self):
        sign = self.data[self.at + 1 : self.at + 2]
        if sign == b"":
            raise Broken(len(self.data), True)
        if sign in ESCAPES:
            self.at += 2
            return ESCAPES[sign]
        if sign != b"u":
            raise Broken(self.at, False)
        unit = self.unit(self.at)
        self.at += 6
        if 0xD800 <= unit < 0xDC00 and self.data[self.at : self.at + 2] == b"\\u":
            low = self.unit(self.at)
            if 0xDC00 <= low < 0xE000:
                self.at += 6
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        if 0xD800 <= unit < 0xE000:
            self.note("lone_surrogate")
            return "\ufffd"
        return chr(unit)

    def unit(self, at):
        digits = HEX4.match(self.data, at + 2)
        if digits is None:
            rest = self.data[at + 2 : at + 6]
            eof = len(rest) < 4 and re.fullmatch(rb"[0-9a-fA-F]*", rest) is not None
            raise Broken(at, eof)
        return int(digits.group(), 16)

    def scalar(self):
        byte = self.peek()
        if byte == b'"':
            return self.text()
        for word, value in ((b"true", True), (b"false", False), (b"null", None)):
            if byte == word[:1]:
                found = self.data[self.at : self.at + len(word)]
                if found != word:
                    raise Broken(self.at, word.startswith(found))
                self.at += len(word)
                return value
        number = NUMBER.match(self.data, self.at)
        if number is None:
            raise Broken(self.at, self.data[self.at :] == b"-")
        self.at = number.end()
        if self.at < len(self.data) and self.data[self.at : self.at + 1] not in b" \t\r\n,]}[{\"":
            raise Broken(self.at, self.data[self.at :] in (b".", b"e", b"E", b"e+", b"E+", b"e-", b"E-"))
        return Number(number.group().decode("ascii"))

    def key(self, keys):
        name = self.text()
        if name in keys:
            self.note("repeated_key")
        keys.add(name)
        if self.peek() != b":":
            raise Broken(self.at, False)
        self.at += 1
        return name

    def value(self):
        """A value of any depth, without recursion."""
        open_values = []  # [container, its key to come, its keys so far]
        while True:
            byte = self.peek()
            if byte in (b"{", b"["):
                self.at += 1
                open_values.append([Object() if byte == b"{" else [], None, set()])
                if len(open_values) > MAX_DEPTH:
                    self.note("too_deep")
                if self.peek() != (b"}" if byte == b"{" else b"]"):
                    if byte == b"{":
                        open_values[-1][1] = self.key(open_values[-1][2])
                    continue
                self.at += 1
                value = open_values.pop()[0]
            else:
                value = self.scalar()
            while True:  # a value is complete
                if not open_values:
                    return value
                top = open_values[-1]
                is_object = isinstance(top[0], Object)
                top[0].append((top[1], value) if is_object else value)
                byte = self.peek()
                self.at += 1
                if byte == b",":
                    if is_object:
                        top[1] = self.key(top[2])
                    break
                if byte != (b"}" if is_object else b"]"):
                    raise Broken(self.at - 1, False)
                value = open_values.pop()[0]


def read_value(data, at):
    """The value at `at`; raises Broken."""
    reader = _Reader(data, skip_space(data, at))
    start = reader.at
    value = reader.value()
    return Value(value, start, reader.at, reader.problem)


def read_key(data, at):
    """A member's name and the place after its colon; raises Broken."""
    reader = _Reader(data, at)
    name = reader.key(set())
    return name, reader.at


def whole(text):
    """The value that a text is, or None (no JSON, more than one value, a repeated key, …)."""
    data = text.encode("utf-8")
    try:
        found = read_value(data, 0)
    except Broken:
        return None
    if skip_space(data, found.end) != len(data) or found.problem:
        return None
    return found.value


def compact(value):
    """JSON text: keys in source order, no white space, shortest escapes, numbers as written."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Object):
        return "{" + ",".join(f"{quote(k)}:{compact(v)}" for k, v in value) + "}"
    return "[" + ",".join(map(compact, value)) + "]"


def quote(text):
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(short.get(c, c if c >= " " else f"\\u{ord(c):04x}") for c in text) + '"'
