"""What chat records become: rows of `chat`."""

import cell
import json_text
from cell import Reject
from json_text import Broken, Number, Object

REQUEST = "generateAssistantResponseEventRequest"
RESPONSE = "generateAssistantResponseEventResponse"
IN_REQUEST = ("prompt", "chatTriggerType", "customizationArn", "userId", "timeStamp", "modelId")
IN_RESPONSE = (
    "assistantResponse",
    "followupPrompts",
    "messageMetadata",
    "codeReferenceEvents",
    "supplementaryWebLinksEvent",
    "requestId",
)
IN_METADATA = ("conversationId", "utteranceId")
IN_LINK = ("uri", "title", "snippet")


def read(obj, data, end, accept, reject):
    """Gives each record of an object to `accept` (index, row, dt, children) or `reject` (index, reason, start, end)."""
    reader = _Records(obj, data, accept, reject)
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
    def __init__(self, obj, data, accept, reject):
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
                found = json_text.read_value(self.data, at)
                at = found.end
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
            row, dt = decode(self.obj, found.value)
        except Reject as why:
            self.reject(index, why.reason, found.start, found.end)
        else:
            self.accept(index, row, dt, [])


def decode(obj, record):
    """The row of a record, without lineage, and its dt."""
    if not isinstance(record, Object):
        raise Reject("not_a_record")
    request, response = _half(record, REQUEST), _half(record, RESPONSE)
    if request is None and response is None:
        raise Reject("not_a_record")
    request, response = request or Object(), response or Object()
    metadata = _half(response, "messageMetadata") or Object()
    row = {
        "request_id": _text(response, "requestId"),
        "user_id_raw": _text(request, "userId"),
        "chat_trigger_type": _text(request, "chatTriggerType"),
        "customization_arn": _text(request, "customizationArn"),
        "model_id": _text(request, "modelId"),
        "prompt": _text(request, "prompt"),
        "assistant_response": _text(response, "assistantResponse"),
        "conversation_id": _text(metadata, "conversationId"),
        "utterance_id": _text(metadata, "utteranceId"),
    }
    followup = response.get("followupPrompts")
    if isinstance(followup, list) and not isinstance(followup, Object):
        row["followup_prompts"] = json_text.compact(followup)
    else:
        row["followup_prompts"] = _text(response, "followupPrompts")
    references = _list(response, "codeReferenceEvents")
    row["code_reference_count"] = None if references is None else len(references)
    row["code_references_json"] = None if references is None else json_text.compact(references)
    links = _list(response, "supplementaryWebLinksEvent")
    row["web_link_count"] = None if links is None else len(links)
    row["web_links"] = None if links is None else [_link(link) for link in links]

    row["user_id"], row["identity_store_id"] = cell.user(row["user_id_raw"]) if row["user_id_raw"] is not None else (None, None)
    row["model"] = None if row["model_id"] is None else cell.model(row["model_id"])
    prompt, answer = row["prompt"], row["assistant_response"]
    row["prompt_chars"] = None if prompt is None else len(prompt)
    row["response_chars"] = None if answer is None else len(answer)
    row["is_tool_turn"] = None if prompt is None else prompt == ""
    row["is_router_turn"] = None if answer is None else _is_router(answer)

    time = _text(request, "timeStamp")
    nanos = None if time is None else cell.instant(time)
    if nanos is None and not obj.dated:
        raise Reject("no_time")
    dt = obj.day if nanos is None else cell.in_range(nanos // 86_400_000_000_000, obj)
    row["event_ts_nanos"] = nanos
    row["event_ts"] = None if nanos is None else nanos // 1_000_000
    row["event_date"] = dt.isoformat()
    row["extra_json"] = _extra(record)
    return row, dt


def _half(value, name):
    half = value.get(name)
    if half is not None and not isinstance(half, Object):
        raise Reject("wrong_type")
    return half


def _text(half, name):
    text = half.get(name)
    if text is None:
        return None
    if not isinstance(text, str) or isinstance(text, Number):
        raise Reject("wrong_type")
    return text


def _list(half, name):
    value = half.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or isinstance(value, Object):
        raise Reject("wrong_type")
    return value


def _link(link):
    if link is None:
        return None
    if not isinstance(link, Object):
        raise Reject("wrong_type")
    return {name: _text(link, name) for name in IN_LINK}


def _is_router(answer):
    text = cell.trim(answer)
    if text.startswith("```"):
        text = text[3:]
        text = text.removeprefix("json")
        if not text.endswith("```"):
            return False
        text = text[:-3]
    value = json_text.whole(cell.trim(text))
    if not isinstance(value, Object):
        return False
    return sorted(k for k, _ in value) == ["chat", "do", "spec"] and all(isinstance(v, Number) for _, v in value)


def _extra(record):
    """The record less all that is known; None where nothing is left."""
    left = Object()
    for name, value in record:
        if name == REQUEST and isinstance(value, Object):
            value = Object((k, v) for k, v in value if k not in IN_REQUEST)
        elif name == RESPONSE and isinstance(value, Object):
            value = _extra_response(value)
        elif name not in (REQUEST, RESPONSE):
            left.append((name, value))
            continue
        if value:
            left.append((name, value))
    return json_text.compact(left) if left else None


def _extra_response(response):
    left = Object()
    for name, value in response:
        if name == "messageMetadata" and isinstance(value, Object):
            value = Object((k, v) for k, v in value if k not in IN_METADATA)
        elif name == "supplementaryWebLinksEvent" and value is not None:
            if all(link is None or all(k in IN_LINK for k, _ in link) for link in value):
                continue
        elif name in IN_RESPONSE:
            continue
        else:
            left.append((name, value))
            continue
        if value:
            left.append((name, value))
    return left
