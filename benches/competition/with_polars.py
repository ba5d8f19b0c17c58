"""Polars in our place: with_polars.py plain|tuned logs|reports SOURCE OUT

plain: one lazy query a table with the engine's own scans. tuned: two Python threads inflate with libdeflate and hand the
engine groups of about 2 MB; a file a group.
"""

import io
import os
import pathlib
import sys

league, case, source, out = sys.argv[1:]
# In the tuned league the two threads are ours.
os.environ["POLARS_MAX_THREADS"] = "2" if league == "plain" else "1"

import groups  # noqa: E402
import polars as pl  # noqa: E402
from polars import col  # noqa: E402

TEXT = pl.String
CHAT = pl.List(
    pl.Struct(
        {
            "generateAssistantResponseEventRequest": pl.Struct(
                dict.fromkeys(["prompt", "chatTriggerType", "customizationArn", "userId", "timeStamp", "modelId"], TEXT)
            ),
            "generateAssistantResponseEventResponse": pl.Struct(
                {
                    "assistantResponse": TEXT,
                    "followupPrompts": TEXT,
                    "messageMetadata": pl.Struct({"conversationId": TEXT, "utteranceId": TEXT}),
                    "codeReferenceEvents": pl.List(TEXT),
                    "supplementaryWebLinksEvent": pl.List(TEXT),
                    "requestId": TEXT,
                }
            ),
        }
    )
)
INLINE = pl.List(
    pl.Struct(
        {
            "generateCompletionsEventRequest": pl.Struct(
                dict.fromkeys(["leftContext", "rightContext", "fileName", "customizationArn", "userId", "timeStamp"], TEXT)
            ),
            "generateCompletionsEventResponse": pl.Struct({"completions": pl.List(TEXT), "requestId": TEXT}),
        }
    )
)


def q(name):
    return col("q").struct.field(name)


def a(name):
    return col("a").struct.field(name)


def common():
    stamp = q("timeStamp").str.strip_suffix("Z").str.to_datetime("%Y-%m-%dT%H:%M:%S%.9f", time_unit="ns")
    user = q("userId").str.splitn(".", 2)
    return [
        a("requestId").alias("request_id"),
        user.struct.field("field_1").alias("user_id"),
        q("userId").alias("user_id_raw"),
        user.struct.field("field_0").alias("identity_store_id"),
        stamp.dt.cast_time_unit("ms").alias("event_ts"),
        stamp.dt.epoch("ns").alias("event_ts_nanos"),
        stamp.dt.date().alias("event_date"),
    ]


def lineage():
    return [
        col("source_object").str.split("/").list.get(1).alias("account_id"),
        col("source_object").str.split("/").list.get(4).alias("region"),
        pl.lit("kiro").alias("source"),
        col("source_object"),
        col("record_index"),
    ]


def chat():
    return [
        *common(),
        q("chatTriggerType").alias("chat_trigger_type"),
        q("customizationArn").alias("customization_arn"),
        q("modelId").alias("model_id"),
        q("modelId").str.to_lowercase().str.replace_all("-", "_", literal=True).alias("model"),
        q("prompt").alias("prompt"),
        q("prompt").str.len_chars().cast(pl.Int64).alias("prompt_chars"),
        a("assistantResponse").alias("assistant_response"),
        a("assistantResponse").str.len_chars().cast(pl.Int64).alias("response_chars"),
        a("followupPrompts").alias("followup_prompts"),
        a("messageMetadata").struct.field("conversationId").alias("conversation_id"),
        a("messageMetadata").struct.field("utteranceId").alias("utterance_id"),
        a("codeReferenceEvents").list.len().cast(pl.Int64).alias("code_reference_count"),
        a("supplementaryWebLinksEvent").list.len().cast(pl.Int64).alias("web_link_count"),
        (q("prompt") == "").alias("is_tool_turn"),
        *lineage(),
    ]


def inline():
    return [
        *common(),
        q("fileName").alias("file_name"),
        q("fileName").str.extract(r"[^.]\.([^.]+)$", 1).str.to_lowercase().alias("file_extension"),
        q("customizationArn").alias("customization_arn"),
        q("leftContext").alias("left_context"),
        q("leftContext").str.len_chars().cast(pl.Int64).alias("left_context_chars"),
        q("rightContext").alias("right_context"),
        q("rightContext").str.len_chars().cast(pl.Int64).alias("right_context_chars"),
        a("completions").alias("completions"),
        a("completions").list.len().cast(pl.Int64).alias("completion_count"),
        a("completions").list.eval(pl.element().str.len_chars()).list.sum().cast(pl.Int64).alias("completion_chars"),
        *lineage(),
    ]


TABLES = {
    "chat": ("GenerateAssistantResponse", CHAT, chat(), "generateAssistantResponseEvent"),
    "inline_completion": ("GenerateCompletions", INLINE, inline(), "generateCompletionsEvent"),
}
MODELS = ["auto", "claude_opus_4.6", "claude_sonnet_4.5"]
CSV = dict.fromkeys([*groups.REPORT_COLUMNS, *(f"{model}_messages" for model in MODELS)], TEXT)


def unnested(frame, table):
    """The table's rows of a frame of records and source_object."""
    _, _, columns, event = TABLES[table]
    return (
        frame.with_columns(record_index=pl.int_ranges(0, col("records").list.len(), dtype=pl.Int64))
        .explode("records", "record_index")
        .select(
            col("records").struct.field(f"{event}Request").alias("q"),
            col("records").struct.field(f"{event}Response").alias("a"),
            "source_object",
            "record_index",
        )
        .select(columns)
    )


def activity(frame):
    flag = lambda name: col(name) == "true"  # noqa: E731
    return frame.select(
        col("Date").str.to_date("%Y-%m-%d").alias("event_date"),
        col("UserId").alias("user_id"),
        col("UserId").alias("user_id_raw"),
        col("Client_Type").alias("client_type"),
        col("Chat_Conversations").cast(pl.Int64).alias("chat_conversations"),
        col("Credits_Used").cast(pl.Float64).alias("credits_used"),
        col("Overage_Cap").cast(pl.Float64).alias("overage_cap"),
        col("Overage_Credits_Used").cast(pl.Float64).alias("overage_credits_used"),
        flag("Overage_Enabled").alias("overage_enabled"),
        col("ProfileId").alias("profile_id"),
        col("Subscription_Tier").str.to_uppercase().alias("subscription_tier"),
        col("Subscription_Tier").alias("subscription_tier_raw"),
        col("Total_Messages").cast(pl.Int64).alias("total_messages"),
        flag("New_User").alias("new_user"),
        col("User_Email").alias("user_email"),
        col("Usage_Limit").cast(pl.Float64).alias("usage_limit"),
        report_ts(),
        *lineage(),
    )


def report_ts():
    return col("source_object").str.extract("user_report_([0-9]{12})", 1).str.to_datetime("%Y%m%d%H%M", time_unit="ms").alias("report_ts")


def usage(frame):
    return pl.concat(
        frame.select(
            col("Date").str.to_date("%Y-%m-%d").alias("event_date"),
            col("UserId").alias("user_id"),
            col("Client_Type").alias("client_type"),
            pl.lit(model).alias("model"),
            pl.lit(model).alias("model_raw"),
            col(f"{model}_messages").cast(pl.Int64).alias("messages"),
            report_ts(),
            *lineage(),
        )
        for model in MODELS
    )


def keys():
    return col("source_object").str.extract("(AWSLogs/.*)$", 1)


def plain():
    if case == "reports":
        frame = (
            pl.scan_csv(f"{source}/**/*.csv", schema=CSV, include_file_paths="source_object")
            .with_columns(keys())
            .with_columns(record_index=pl.int_range(pl.len(), dtype=pl.Int64).over("source_object"))
        )
        for table, rows in [("user_activity", activity(frame)), ("model_usage", usage(frame))]:
            rows.sink_parquet(f"{out}/{table}/all.parquet", compression="zstd", compression_level=3)
        return
    for table, (folder, types, _, _) in TABLES.items():
        if next(pathlib.Path(source).glob(f"AWSLogs/*/KiroLogs/{folder}"), None):
            frame = pl.scan_ndjson(
                f"{source}/AWSLogs/*/KiroLogs/{folder}/**/*.json.gz", schema={"records": types}, include_file_paths="source_object"
            ).with_columns(keys())
            unnested(frame, table).sink_parquet(f"{out}/{table}/all.parquet", compression="zstd", compression_level=3)


def tuned():
    def handle(table, number, places, bodies):
        if case == "reports":
            frames = [
                pl.read_csv(body, schema=CSV).with_columns(source_object=pl.lit(place)).with_row_index("record_index")
                for place, body in zip(places, bodies)
            ]
            frame = pl.concat(frames).with_columns(col("record_index").cast(pl.Int64))
            for name, rows in [("user_activity", activity(frame)), ("model_usage", usage(frame))]:
                rows.write_parquet(f"{out}/{name}/{number}.parquet", compression="zstd", compression_level=3)
            return
        frame = pl.read_ndjson(io.BytesIO(b"\n".join(bodies)), schema={"records": TABLES[table][1]})
        frame = frame.with_columns(pl.Series("source_object", places))
        unnested(frame, table).write_parquet(f"{out}/{table}/{number}.parquet", compression="zstd", compression_level=3)

    groups.run(case, source, handle)


for name in groups.tables(case):
    pathlib.Path(out, name).mkdir(parents=True, exist_ok=True)
{"plain": plain, "tuned": tuned}[league]()
