"""The tables of the lake as the design fixes them: columns in order, with their types."""

LINEAGE = [("account_id", "text"), ("region", "text"), ("source", "text"), ("source_object", "text"), ("record_index", "count")]
VARIANT = [("variant", "count")]
EXTRA = [("extra_json", "text")]
USER = [("user_id", "text"), ("user_id_raw", "text"), ("identity_store_id", "text")]
EVENT = [("event_ts", "instant"), ("event_ts_nanos", "count"), ("event_date", "date")]
CHAT = [
    ("request_id", "text"),
    *USER,
    *EVENT,
    ("chat_trigger_type", "text"),
    ("customization_arn", "text"),
    ("model_id", "text"),
    ("model", "text"),
    ("prompt", "text"),
    ("prompt_chars", "count"),
    ("assistant_response", "text"),
    ("response_chars", "count"),
    ("followup_prompts", "text"),
    ("conversation_id", "text"),
    ("utterance_id", "text"),
    ("code_reference_count", "count"),
    ("code_references_json", "text"),
    ("web_link_count", "count"),
    ("web_links", "links"),
    ("is_tool_turn", "flag"),
    ("is_router_turn", "flag"),
]
USER_ACTIVITY = [
    ("event_date", "date"),
    *USER,
    ("client_type", "text"),
    ("chat_conversations", "count"),
    ("credits_used", "double"),
    ("overage_cap", "double"),
    ("overage_credits_used", "double"),
    ("overage_enabled", "flag"),
    ("profile_id", "text"),
    ("subscription_tier", "text"),
    ("subscription_tier_raw", "text"),
    ("total_messages", "count"),
    ("new_user", "flag"),
    ("user_email", "text"),
    ("usage_limit", "double"),
    ("report_ts", "instant"),
]
MODEL_USAGE = [
    ("event_date", "date"),
    ("user_id", "text"),
    ("client_type", "text"),
    ("model", "text"),
    ("model_raw", "text"),
    ("messages", "count"),
    ("report_ts", "instant"),
]
REJECTS = [
    ("event_date", "date"),
    ("dataset", "text"),
    ("reason", "text"),
    ("detail", "text"),
    ("byte_offset", "count"),
    ("line", "count"),
    ("raw", "text"),
    ("raw_bytes", "count"),
    ("raw_sha256", "text"),
]

TABLES = {
    "chat": CHAT + LINEAGE + VARIANT + EXTRA,
    "user_activity": USER_ACTIVITY + LINEAGE + VARIANT + EXTRA,
    "model_usage": MODEL_USAGE + LINEAGE + VARIANT,
    "rejects": REJECTS + LINEAGE,
}
# The wording of these is free: only that there is one is looked at.
FREE_TEXT = {("rejects", "detail")}
