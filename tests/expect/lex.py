"""What logs of Lex bots become: rows of `lex_conversation` and `lex_slot`; what audio objects become: rows of `lex_audio`."""

import base64
import binascii
import hashlib
import re
from dataclasses import replace

import bucket
import cell
import json_text
from cell import Reject
from json_text import Broken, Number, Object
from tables import LINEAGE, TABLES

ISO = re.compile(rb"([0-9]{4}-[0-9]{2}-[0-9]{2}T[^ \t\n]{8,29})[ \t]")
MILLIS = re.compile(rb"([0-9]{1,39})[ \t]")
LIST_DEPTH = 128
TEXT_TYPES = {"wav": "audio/wav", "pcm": "audio/lpcm", "mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/opus", "flac": "audio/flac"}
COLUMNS = [name for name, _ in TABLES["lex_conversation"] if name not in {n for n, _ in LINEAGE} | {"variant"}]
BOT = re.compile(r".*(?:^|/)aws/lex/([^/]+)/([^/]+)/([^/]+)/[^/]*(?:/.*)?", re.S)


def read(obj, data, end, accept, reject):
    """Gives each log event of an object to `accept` (index, row, dt, children, obj) or `reject` (index, reason, start, end, obj)."""
    _Log(obj, data, end, accept, reject).stream()


class _Log:
    def __init__(self, obj, data, end, accept, reject, index=0, outer=None):
        self.obj, self.data, self.end = obj, data, end
        self.accept, self.reject = accept, reject
        self.index = index
        # Where the value begins in whose base64 these bytes were.
        self.outer = outer
        self.depth, self.state, self.time, self.timed = 0, "top", None, False

    def stream(self):
        data = self.data
        at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        while True:
            start, at = at, json_text.skip_space(data, at)
            if self.depth == 0 and b"\n" in data[start:at]:
                self.time = None
            if at >= len(data):
                break
            after = self.step(at)
            if after is None:
                return
            at = after
        if self.end:
            self.refuse(self.end, len(data), len(data))

    def step(self, at):
        """Reads what begins at a place and gives the place behind it; None: the bytes break off in it."""
        byte = self.data[at : at + 1]
        if self.state == "after" and byte == b",":
            self.state = "next"
            return at + 1
        if self.state in ("first", "after") and byte == b"]":
            if self.state == "first":
                self.skip()
            self.depth -= 1
            self.value_ended()
            return at + 1
        if byte in b"{[" and self.state != "after" or byte in b'"-0123456789tfn' and self.state in ("first", "next"):
            return self.value(at)
        if self.state == "top":
            return self.line(at)
        self.depth, self.state = 0, "top"
        return at

    def value_ended(self):
        self.timed = False
        self.state = "after" if self.depth else "top"

    def value(self, start):
        at, opens = start, 0
        while self.data[at : at + 1] == b"[":
            if self.depth + opens >= LIST_DEPTH:
                return self.text(start, "too_deep")
            opens += 1
            at = json_text.skip_space(self.data, at + 1)
        if at >= len(self.data):
            return self.cut(start) if self.end else self.text(start)
        if opens and self.data[at : at + 1] == b"]":
            self.depth, self.state = self.depth + opens, "first"
            return at
        try:
            found = json_text.read_value(self.data, at)
        except Broken as broken:
            return self.cut(start) if self.end and broken.eof else self.text(start)
        self.depth += opens
        self.take(found)
        self.value_ended()
        return found.end

    def line(self, at):
        timed = None if self.timed else ISO.match(self.data, at) or MILLIS.match(self.data, at)
        time = timed and _time_before(timed[1])
        if time is None:
            if self.end and b"\n" not in self.data[at : at + 40] and len(self.data) - at < 40:
                return self.cut(at)
            return self.text(at)
        self.time, self.timed = time, True
        at = timed.end()
        while self.data[at : at + 1] in (b" ", b"\t", b"\r"):
            at += 1
        if self.data[at : at + 1] == b"\n" or (at >= len(self.data) and not self.end):
            self.timed = False
            self.skip()
        return at

    def text(self, start, reason="syntax"):
        self.depth, self.state, self.timed = 0, "top", False
        stop = self.data.find(b"\n", start)
        if stop < 0:
            if self.end:
                return self.cut(start)
            stop = len(self.data)
        if _names_version(self.data[start:stop]):
            self.refuse(reason, start, stop)
        else:
            self.skip()
        return stop

    def cut(self, start):
        self.refuse(self.end, start, len(self.data))

    def skip(self):
        self.index += 1

    def refuse(self, reason, start, stop, obj=None):
        place = {} if self.outer is None else {"at": self.outer, "piece": self.data[start:stop]}
        self.reject(self.index, reason, start, stop, obj=obj or self.obj, **place)
        self.index += 1

    # What a value is

    def take(self, found):
        """A value that stands by itself."""
        value = found.value
        if not isinstance(value, Object):
            self.skip()
        elif not is_entry(value) and value.get("messageType") is not None:
            self.envelope(found)
        elif not is_entry(value) and value.get("awslogs") is not None and self.outer is None:
            self.event_form(found)
        else:
            self.entry(found, found.start, found.end, self.time, None, None, self.obj)

    def entry(self, found, start, stop, time, group, stream, obj):
        if not isinstance(found.value, Object) or not is_entry(found.value):
            self.skip()
            return
        try:
            if found.problem:
                raise Reject(found.problem)
            row, dt, slots = decode(obj, found.value, time)
        except Reject as why:
            self.refuse(why.reason, start, stop, obj)
            return
        row |= {"log_group": group, "log_stream": stream}
        self.accept(self.index, row, dt, slots, obj=obj)
        self.index += 1

    def envelope(self, found):
        value = found.value
        if value.get("messageType") == "CONTROL_MESSAGE":
            self.skip()
            return
        if not isinstance(value.get("logEvents"), list) or isinstance(value.get("logEvents"), Object):
            self.skip()
            return
        owner = _plain(value.get("owner"))
        obj = replace(self.obj, account_id=owner) if owner and re.fullmatch("[0-9]{12}", owner) else self.obj
        names = _plain(value.get("logGroup")), _plain(value.get("logStream"))
        for start, stop in _events(self.data, found.start):
            self.event(start, stop, *names, obj)

    def event(self, start, stop, group, stream, obj):
        found = json_text.read_value(self.data, start)
        if not isinstance(found.value, Object):
            self.skip()
            return
        time = _millis(found.value.get("timestamp"))
        place = _member(self.data, start, "message")
        message = json_text.read_value(self.data, place) if place is not None else None
        if message is None or not (isinstance(message.value, Object) or _plain(message.value) is not None):
            self.skip()
        elif isinstance(message.value, Object):
            self.entry(message, start, stop, time, group, stream, obj)
        elif message.problem:
            raw = self.data[message.start + 1 : message.end]
            if _names_version(raw.lstrip(json_text.SPACE)):
                self.refuse(message.problem, start, stop, obj)
            else:
                self.skip()
        else:
            self.message(message.value.encode("utf-8"), start, stop, time, group, stream, obj)

    def message(self, text, start, stop, *about):
        try:
            found = json_text.read_value(text, 0)
        except Broken:
            found = None
        whole = found is not None and json_text.skip_space(text, found.end) == len(text)
        if whole and isinstance(found.value, list):
            places = [found.start] if isinstance(found.value, Object) else _leaves(text, found.start)
            for place in places:
                if place is None:
                    self.skip()
                else:
                    self.entry(json_text.read_value(text, place), start, stop, *about)
        elif not whole and _names_version(text.lstrip(json_text.SPACE)):
            self.refuse("syntax", start, stop, about[-1])
        else:
            self.skip()

    def event_form(self, found):
        inner = found.value.get("awslogs")
        data = _plain(inner.get("data")) if isinstance(inner, Object) else None
        if data is None:
            self.skip()
            return
        try:
            gzip = base64.b64decode(data.rstrip("=") + "=" * (-len(data.rstrip("=")) % 4), validate=True)
        except (binascii.Error, ValueError):
            self.refuse("syntax", found.start, found.end)
            return
        inflated, end = (b"", "gzip_corrupt") if gzip[:2] != b"\x1f\x8b" else bucket.inflate(gzip)
        log = _Log(self.obj, inflated, end, self.accept, self.reject, self.index, found.start)
        log.stream()
        self.index = log.index


def is_entry(value):
    names = {name for name, _ in value}
    version = "messageVersion" in names or "message-version" in names
    return version and ("bot" in names or "botName" in names) and "invocationSource" not in names


def _names_version(text):
    return text.startswith(b"{") and (b"messageVersion" in text or b"message-version" in text)


def _plain(value):
    return value if isinstance(value, str) and not isinstance(value, Number) else None


def _time_before(text):
    """Nanoseconds of the time before a message, or a reason; None: it is no time."""
    if text.isdigit():
        nanos = int(text) * 1_000_000
        return nanos if nanos < 1 << 63 else "time_out_of_range"
    try:
        nanos = cell.instant(text.decode("utf-8"))
    except (Reject, UnicodeDecodeError):
        return None
    return None if nanos is None else nanos if -(1 << 63) <= nanos < 1 << 63 else "time_out_of_range"


def _millis(value):
    if value is None:
        return None
    if not isinstance(value, Number) or not re.fullmatch("[0-9]+", value):
        return "bad_time"
    nanos = int(value) * 1_000_000
    return nanos if nanos < 1 << 63 else "time_out_of_range"


def _member(data, at, wanted):
    """Where the value of an object's member begins, of the last if there are several."""
    found = None
    at = json_text.skip_space(data, at + 1)
    while data[at : at + 1] != b"}":
        name, at = json_text.read_key(data, at)
        at = json_text.skip_space(data, at)
        if name == wanted:
            found = at
        at = json_text.skip_space(data, json_text.read_value(data, at).end)
        if data[at : at + 1] == b",":
            at = json_text.skip_space(data, at + 1)
    return found


def _elements(data, at):
    """Where the elements of an array begin and end."""
    at = json_text.skip_space(data, at + 1)
    while data[at : at + 1] != b"]":
        found = json_text.read_value(data, at)
        yield found.start, found.end
        at = json_text.skip_space(data, found.end)
        if data[at : at + 1] == b",":
            at = json_text.skip_space(data, at + 1)


def _events(data, envelope):
    return _elements(data, _member(data, envelope, "logEvents"))


def _leaves(text, at):
    """Places of what is in an array and in the arrays in it; None for an empty one."""
    places = list(_elements(text, at))
    if not places:
        yield None
    for start, _ in places:
        if text[start : start + 1] == b"[":
            yield from _leaves(text, start)
        else:
            yield start


# An entry


def decode(obj, entry, log_time):
    """The row of an entry without lineage, its dt, and the rows of its slots."""
    row = dict.fromkeys(COLUMNS)
    second = "bot" in {name for name, _ in entry}
    version = text(entry, "messageVersion")
    other = text(entry, "message-version")
    row["message_version"] = other if version is None else version
    row["request_id"], row["session_id"], row["user_id"] = (text(entry, n) for n in ("requestId", "sessionId", "userId"))
    row["input_transcript"] = text(entry, "inputTranscript")
    row["missed_utterance"], row["developer_override"] = flag(entry, "missedUtterance"), flag(entry, "developerOverride")
    row["request_attributes_json"] = as_json(entry.get("requestAttributes"))
    slots = _second(row, entry) if second else _first(row, entry)

    time = text(entry, "timestamp")
    nanos = None if time is None else cell.instant(time)
    if nanos is None:
        nanos = log_time
    if isinstance(nanos, str):
        raise Reject(nanos)
    if nanos is None and not obj.dated:
        raise Reject("no_time")
    dt = obj.day if nanos is None else cell.in_range(nanos // 86_400_000_000_000, obj)
    row["event_ts_nanos"] = nanos
    row["event_ts"] = None if nanos is None else nanos // 1_000_000
    row["event_date"] = dt.isoformat()
    row["raw_json"] = json_text.compact(entry)
    parent = {name: row[name] for name in ("request_id", "session_id", "event_date", "bot_name", "intent")}
    return row, dt, [parent | slot for slot in slots]


def _first(row, entry):
    """Fields of the first generation."""
    for column, name in (
        ("bot_name", "botName"),
        ("bot_alias", "botAlias"),
        ("bot_version", "botVersion"),
        ("locale", "locale"),
        ("bot_response", "botResponse"),
        ("intent", "intent"),
        ("input_mode", "inputDialogMode"),
        ("audio_uri", "s3PathForAudio"),
        ("slot_to_elicit", "slotToElicit"),
    ):
        row[column] = text(entry, name)
    row["nlu_confidence"] = number(entry.get("nluIntentConfidence"))
    alternatives = entry.get("alternativeIntents")
    row["interpretations_json"], row["interpretation_count"] = as_json(alternatives), count_of(alternatives)
    row["session_attributes_json"] = as_json(entry.get("sessionAttributes"))
    state = text(entry, "dialogState")
    if state is not None:
        action = state.startswith("Elicit") or state == "ConfirmIntent"
        row["dialog_action" if action else "intent_state"] = state
    sentiment(row, part(entry, "sentimentResponse"))
    return slots_of(part(entry, "slots"))


def _second(row, entry):
    """Fields of the second generation."""
    bot, state = part(entry, "bot"), part(entry, "sessionState")
    intent, action, audio = part(state, "intent"), part(state, "dialogAction"), part(entry, "audioProperties")
    for column, where, name in (
        ("bot_id", bot, "id"),
        ("bot_name", bot, "name"),
        ("bot_alias_id", bot, "aliasId"),
        ("bot_alias", bot, "aliasName"),
        ("bot_version", bot, "version"),
        ("locale", bot, "localeId"),
        ("input_mode", entry, "inputMode"),
        ("operation_name", entry, "operationName"),
        ("response_reason", entry, "responseReason"),
        ("raw_input_transcript", entry, "rawInputTranscript"),
        ("originating_request_id", state, "originatingRequestId"),
        ("intent", intent, "name"),
        ("intent_state", intent, "state"),
        ("confirmation_state", intent, "confirmationState"),
        ("dialog_action", action, "type"),
        ("slot_to_elicit", action, "slotToElicit"),
        ("audio_uri", audio, "s3Path"),
        ("audio_content_type", audio, "contentType"),
    ):
        row[column] = text(where, name)
    sub = part(action, "subSlotToElicit")
    while text(sub, "name") is not None:
        if row["slot_to_elicit"] is not None:
            row["slot_to_elicit"] += "." + text(sub, "name")
        sub = part(sub, "subSlotToElicit")
    row["barge_in"] = flag(entry, "bargeIn")
    row["session_attributes_json"] = as_json(state.get("sessionAttributes"))
    duration = part(audio, "duration")
    for name in ("total", "voice", "silence"):
        row[f"audio_ms_{name}"] = whole(duration.get(name))
    transcriptions = entry.get("transcriptions")
    if transcriptions is not None and not is_list(transcriptions):
        raise Reject("wrong_type")
    if transcriptions and transcriptions[0] is not None:
        if not isinstance(transcriptions[0], Object):
            raise Reject("wrong_type")
        row["transcription_confidence"] = number(transcriptions[0].get("transcriptionConfidence"))

    messages = entry.get("messages")
    row["messages_json"], row["message_count"] = as_json(messages), count_of(messages)
    contents = [text(m, "content") for m in objects(messages)]
    contents = [c for c in contents if c is not None]
    row["bot_response"] = "\n".join(contents) if contents else None

    interpretations = entry.get("interpretations")
    row["interpretations_json"], row["interpretation_count"] = as_json(interpretations), count_of(interpretations)
    matched = felt = False
    for one in objects(interpretations):
        name = one.get("intent").get("name") if isinstance(one.get("intent"), Object) else None
        if not matched and _plain(name) is not None and name == row["intent"]:
            matched = True
            row["nlu_confidence"] = number(one.get("nluConfidence"))
            row["interpretation_source"] = text(one, "interpretationSource")
        if not felt and isinstance(one.get("sentimentResponse"), Object):
            felt = sentiment(row, one.get("sentimentResponse"))
    return slots_of(part(intent, "slots"))


def sentiment(row, response):
    """Fills the columns; says whether there was anything."""
    label, old_label = text(response, "sentiment"), text(response, "sentimentLabel")
    label = old_label if label is None else label
    scores = response.get("sentimentScore")
    if label is None and scores is None:
        return False
    row["sentiment"] = None if label is None else label.upper()
    found = {}
    if _plain(scores) is not None:
        found = _scores(cell.trim(scores))
    elif scores is not None:
        if not isinstance(scores, Object):
            raise Reject("wrong_type")
        found = {name.lower(): number(value) for name, value in scores if name.lower() in MOODS}
    for mood in MOODS:
        row[f"sentiment_{mood}"] = found.get(mood)
    return True


MOODS = ("positive", "negative", "neutral", "mixed")


def _scores(words):
    if not words:
        return {}
    if not (words.startswith("{") and words.endswith("}") and len(words) > 1):
        raise Reject("bad_number")
    inner = cell.trim(words[1:-1])
    found = {}
    for piece in inner.split(",") if inner else []:
        name, colon, value = piece.partition(":")
        if not colon:
            raise Reject("bad_number")
        found[cell.trim(name).lower()] = cell.double(cell.trim(value))
    return found


def slots_of(slots):
    rows = []
    for name, slot in slots:
        _slot(rows, name, name, slot)
    return rows


def _slot(rows, path, own, slot):
    """Appends the rows of a slot and of what is below it; says whether there is a value."""
    row = dict.fromkeys(("shape", "original_value", "interpreted_value", "resolved_values")) | {"slot": path}
    rows.append(row)
    below = False
    if _plain(slot) is not None:
        row["interpreted_value"] = slot
    elif slot is not None:
        if not isinstance(slot, Object):
            raise Reject("wrong_type")
        row["shape"] = text(slot, "shape")
        value = part(slot, "value")
        row["original_value"], row["interpreted_value"] = text(value, "originalValue"), text(value, "interpretedValue")
        resolved = value.get("resolvedValues")
        if resolved is not None:
            if not is_list(resolved) or any(v is not None and _plain(v) is None for v in resolved):
                raise Reject("wrong_type")
            row["resolved_values"] = list(resolved)
        for name, member in slot:
            if name == "subSlots":
                for sub, inner in part(slot, "subSlots"):
                    below |= _slot(rows, f"{path}.{sub}", sub, inner)
            elif name == "values" and member is not None:
                if not is_list(member):
                    raise Reject("wrong_type")
                for i, inner in enumerate(member):
                    below |= _slot(rows, f"{path}[{i}]", own, inner)
    values = [row["original_value"], row["interpreted_value"], *(row["resolved_values"] or [])]
    row["is_filled"] = below or any(v is not None for v in values)
    row["is_obfuscated"] = "{%s}" % own in values
    return row["is_filled"]


# Values


def is_list(value):
    return isinstance(value, list) and not isinstance(value, Object)


def objects(value):
    return [v for v in value if isinstance(v, Object)] if is_list(value) else []


def count_of(value):
    return len(value) if is_list(value) else None


def as_json(value):
    return None if value is None else json_text.compact(value)


def part(value, name):
    """A member that is an object; an empty one where it is missing."""
    inner = value.get(name)
    if inner is not None and not isinstance(inner, Object):
        raise Reject("wrong_type")
    return inner if inner is not None else Object()


def text(value, name):
    found = value.get(name)
    if found is not None and _plain(found) is None:
        raise Reject("wrong_type")
    return found


def _scalar(value, convert):
    if value is None:
        return None
    if not isinstance(value, str):
        raise Reject("wrong_type")
    words = value if isinstance(value, Number) else cell.trim(value)
    return convert(words) if words else None


def number(value):
    if isinstance(value, Object):
        value = value.get("score")
    return _scalar(value, cell.double)


def whole(value):
    return _scalar(value, cell.count)


def flag(value, name):
    found = value.get(name)
    if isinstance(found, bool):
        return found
    if isinstance(found, Number):
        raise Reject("wrong_type")
    return _scalar(found, cell.flag)


def key(row):
    """What rows are compared by: without a request id, what the entry says whatever the order of its keys."""
    if row["request_id"] is not None:
        return row["request_id"], row["event_ts_nanos"], row["response_reason"]
    ordered = _ordered(json_text.whole(row["raw_json"]))
    return None, hashlib.sha256(json_text.compact(ordered).encode("utf-8")).hexdigest(), None


def _ordered(value):
    if isinstance(value, Object):
        return Object(sorted(((k, _ordered(v)) for k, v in value), key=lambda member: member[0].encode("utf-8")))
    return [_ordered(v) for v in value] if isinstance(value, list) else value


# Audio


def audio(obj, size):
    """The row of an audio object without lineage."""
    bot = BOT.fullmatch(obj.source_object)
    return {
        "event_date": obj.day.isoformat(),
        "bot_id": bot and bot[1],
        "bot_alias_id": bot and bot[2],
        "bot_version": bot and bot[3],
        "object_bytes": size,
        "content_type": content_type(obj.source_object),
    }


def content_type(key):
    name, dot, ending = key.rsplit("/", 1)[-1].rpartition(".")
    return TEXT_TYPES.get(ending.lower()) if dot else None


def is_audio(obj, data):
    """Whether content that no ending tells is audio."""
    head = data[:4096]
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE" or head[:3] == b"ID3" or head[:4] in (b"OggS", b"fLaC", b".snd", b"caff") or head[:5] == b"#!AMR":
        return True
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return True
    return bool(head) and not _is_text(head) and BOT.fullmatch(obj.source_object) is not None


def _is_text(head):
    if any(b < 32 and b not in (9, 10, 11, 12, 13, 27) for b in head):
        return False
    for cut in range(min(4, len(head))):
        try:
            head[: len(head) - cut].decode("utf-8")
            return True
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                return False
    return False
