"""What inline suggestion records become: rows of `inline_completion`."""

from functools import partial

import json_text
import prompt_log
from cell import Reject
from json_text import Object
from prompt_log import halves, is_text, list_of, text, who_and_when

REQUEST, RESPONSE = "generateCompletionsEventRequest", "generateCompletionsEventResponse"
IN_REQUEST = ("leftContext", "rightContext", "fileName", "customizationArn", "userId", "timeStamp")


def decode(obj, record):
    """The row of a record, without lineage, and its dt."""
    request, response = halves(record, REQUEST, RESPONSE)
    left, right, name = (text(request, member) for member in ("leftContext", "rightContext", "fileName"))
    completions = list_of(response, "completions")
    if completions is not None:
        completions = [_completion(c) for c in completions]
    row = {
        "request_id": text(response, "requestId"),
        "file_name": name,
        "file_extension": None if name is None else _extension(name),
        "customization_arn": text(request, "customizationArn"),
        "left_context": left,
        "left_context_chars": None if left is None else len(left),
        "right_context": right,
        "right_context_chars": None if right is None else len(right),
        "completions": completions,
        "completion_count": None if completions is None else len(completions),
        "completion_chars": None if completions is None else sum(len(c) for c in completions if c is not None),
        "extra_json": _extra(record),
    }
    columns, dt = who_and_when(obj, text(request, "userId"), text(request, "timeStamp"))
    return row | columns, dt


def _completion(value):
    """A text, an object with it as `content`, or null."""
    if isinstance(value, Object):
        return text(value, "content")
    if value is None or is_text(value):
        return value
    raise Reject("wrong_type")


def _extension(name):
    bare = name.replace("\\", "/").split("/")[-1]
    stem, _, extension = bare.rpartition(".")
    return extension.lower() if stem and extension else None


def _extra(record):
    left = Object()
    for name, value in record:
        if name in (REQUEST, RESPONSE):
            if value is None:
                continue
            known = _is_known_request if name == REQUEST else _is_known_response
            value = Object((k, v) for k, v in value if not known(k, v))
            if not value:
                continue
        left.append((name, value))
    return json_text.compact(left) if left else None


def _is_known_request(name, value):
    return name in IN_REQUEST


def _is_known_response(name, value):
    """A list of completions that has an unknown field in an element is extra as a whole."""
    if name == "completions" and value is not None:
        return all(k == "content" for c in value if isinstance(c, Object) for k, _ in c)
    return name in ("completions", "requestId")


read = partial(prompt_log.read, decode)
