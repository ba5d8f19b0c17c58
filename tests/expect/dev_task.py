"""What `/dev` records become: rows of `dev_task`. Their shape is open: any pair of halves is taken, all of it is kept as JSON."""

from functools import partial

import json_text
import prompt_log
from cell import Reject
from json_text import Object
from prompt_log import half, is_text, text, who_and_when

PROMPTS = ("prompt", "userPrompt", "task", "taskDescription", "description")
ALWAYS_TEXT = ("userId", "timeStamp", "requestId")


def decode(obj, record):
    """The row of a record, without lineage, and its dt."""
    if not isinstance(record, Object):
        raise Reject("not_a_record")
    request, response = _half(record, "EventRequest"), _half(record, "EventResponse")
    if request is None and response is None:
        raise Reject("not_a_record")
    request, response = request or Object(), response or Object()
    # Who and when are told by the request, the id by the response; where they are not, by the other half.
    of_request = {name: text(request, name) for name in ALWAYS_TEXT}
    of_response = {name: text(response, name) for name in ALWAYS_TEXT}
    first = lambda name, *halves: next((h[name] for h in halves if h[name] is not None), None)
    prompt = next((request.get(name) for name in PROMPTS if is_text(request.get(name))), None)
    row = {
        "request_id": first("requestId", of_response, of_request),
        "prompt": prompt,
        "prompt_chars": None if prompt is None else len(prompt),
        "raw_json": json_text.compact(record),
    }
    columns, dt = who_and_when(
        obj, first("userId", of_request, of_response), first("timeStamp", of_request, of_response)
    )
    return row | columns, dt


def _half(record, ending):
    """The first member whose name ends so and that is there."""
    for name, value in record:
        if name.endswith(ending) and value is not None:
            return half(record, name)
    return None


read = partial(prompt_log.read, decode)
