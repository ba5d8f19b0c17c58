"""What chat records become: rows of `chat`."""

from functools import partial

import cell
import json_text
import prompt_log
from cell import Reject
from json_text import Number, Object
from prompt_log import half, halves, list_of, text, who_and_when

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


def decode(obj, record):
    """The row of a record, without lineage, and its dt."""
    request, response = halves(record, REQUEST, RESPONSE)
    metadata = half(response, "messageMetadata") or Object()
    row = {
        "request_id": text(response, "requestId"),
        "chat_trigger_type": text(request, "chatTriggerType"),
        "customization_arn": text(request, "customizationArn"),
        "model_id": text(request, "modelId"),
        "prompt": text(request, "prompt"),
        "assistant_response": text(response, "assistantResponse"),
        "conversation_id": text(metadata, "conversationId"),
        "utterance_id": text(metadata, "utteranceId"),
    }
    followup = response.get("followupPrompts")
    if isinstance(followup, list) and not isinstance(followup, Object):
        row["followup_prompts"] = json_text.compact(followup)
    else:
        row["followup_prompts"] = text(response, "followupPrompts")
    references = list_of(response, "codeReferenceEvents")
    row["code_reference_count"] = None if references is None else len(references)
    row["code_references_json"] = None if references is None else json_text.compact(references)
    links = list_of(response, "supplementaryWebLinksEvent")
    row["web_link_count"] = None if links is None else len(links)
    row["web_links"] = None if links is None else [_link(link) for link in links]

    row["model"] = None if row["model_id"] is None else cell.model(row["model_id"])
    prompt, answer = row["prompt"], row["assistant_response"]
    row["prompt_chars"] = None if prompt is None else len(prompt)
    row["response_chars"] = None if answer is None else len(answer)
    row["is_tool_turn"] = None if prompt is None else prompt == ""
    row["is_router_turn"] = None if answer is None else _is_router(answer)

    columns, dt = who_and_when(obj, text(request, "userId"), text(request, "timeStamp"))
    row |= columns
    row["extra_json"] = _extra(record)
    return row, dt


def _link(link):
    if link is None:
        return None
    if not isinstance(link, Object):
        raise Reject("wrong_type")
    return {name: text(link, name) for name in IN_LINK}


def _is_router(answer):
    inner = cell.trim(answer)
    if inner.startswith("```"):
        inner = inner[3:]
        inner = inner.removeprefix("json")
        if not inner.endswith("```"):
            return False
        inner = inner[:-3]
    value = json_text.whole(cell.trim(inner))
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


read = partial(prompt_log.read, decode)
