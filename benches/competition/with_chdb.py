"""chDB in our place: with_chdb.py plain|tuned logs|reports SOURCE OUT

plain: one statement a table with the engine's own readers. tuned: two Python threads inflate with libdeflate and hand the
engine groups of about 2 MB; a file a group.
"""

import pathlib
import sys

import chdb
import groups
import pyarrow

REQUEST = "generateAssistantResponseEventRequest"
RESPONSE = "generateAssistantResponseEventResponse"
CHAT = """Array(Tuple(generateAssistantResponseEventRequest Tuple(prompt String, chatTriggerType String, customizationArn Nullable(String),
userId String, timeStamp String, modelId String), generateAssistantResponseEventResponse Tuple(assistantResponse String,
followupPrompts String, messageMetadata Tuple(conversationId Nullable(String), utteranceId Nullable(String)),
codeReferenceEvents Array(String), supplementaryWebLinksEvent Array(String), requestId String)))"""
INLINE = """Array(Tuple(generateCompletionsEventRequest Tuple(leftContext String, rightContext String, fileName String,
customizationArn Nullable(String), userId String, timeStamp String), generateCompletionsEventResponse Tuple(
completions Array(String), requestId String)))"""
COMMON = """a.requestId AS request_id, splitByChar('.', q.userId)[2] AS user_id, q.userId AS user_id_raw,
splitByChar('.', q.userId)[1] AS identity_store_id, toDateTime64(substring(q.timeStamp, 1, 23), 3, 'UTC') AS event_ts,
toUnixTimestamp64Nano(toDateTime64(trimRight(q.timeStamp, 'Z'), 9, 'UTC')) AS event_ts_nanos,
toDate32(substring(q.timeStamp, 1, 10)) AS event_date"""
LINEAGE = """splitByChar('/', source_object)[2] AS account_id, splitByChar('/', source_object)[5] AS region, 'kiro' AS source,
source_object, record_index"""
CHAT_COLUMNS = f"""{COMMON}, q.chatTriggerType AS chat_trigger_type, q.customizationArn AS customization_arn, q.modelId AS model_id,
replaceAll(lower(q.modelId), '-', '_') AS model, q.prompt AS prompt, toInt64(lengthUTF8(q.prompt)) AS prompt_chars,
a.assistantResponse AS assistant_response, toInt64(lengthUTF8(a.assistantResponse)) AS response_chars,
a.followupPrompts AS followup_prompts, a.messageMetadata.conversationId AS conversation_id,
a.messageMetadata.utteranceId AS utterance_id, toInt64(length(a.codeReferenceEvents)) AS code_reference_count,
toInt64(length(a.supplementaryWebLinksEvent)) AS web_link_count, toBool(q.prompt = '') AS is_tool_turn, {LINEAGE}"""
INLINE_COLUMNS = f"""{COMMON}, q.fileName AS file_name, lower(extract(q.fileName, '[^.]\\\\.([^.]+)$')) AS file_extension,
q.customizationArn AS customization_arn, q.leftContext AS left_context, toInt64(lengthUTF8(q.leftContext)) AS left_context_chars,
q.rightContext AS right_context, toInt64(lengthUTF8(q.rightContext)) AS right_context_chars, a.completions AS completions,
toInt64(length(a.completions)) AS completion_count, toInt64(arraySum(x -> lengthUTF8(x), a.completions)) AS completion_chars, {LINEAGE}"""
TABLES = {
    "chat": ("GenerateAssistantResponse", CHAT, CHAT_COLUMNS, "generateAssistantResponseEvent"),
    "inline_completion": ("GenerateCompletions", INLINE, INLINE_COLUMNS, "generateCompletionsEvent"),
}
ACTIVITY = """toDate32(Date) AS event_date, UserId AS user_id, UserId AS user_id_raw, Client_Type AS client_type,
toInt64(Chat_Conversations) AS chat_conversations, toFloat64(Credits_Used) AS credits_used, toFloat64(Overage_Cap) AS overage_cap,
toFloat64(Overage_Credits_Used) AS overage_credits_used, toBool(Overage_Enabled = 'true') AS overage_enabled, ProfileId AS profile_id,
upper(Subscription_Tier) AS subscription_tier, Subscription_Tier AS subscription_tier_raw, toInt64(Total_Messages) AS total_messages,
toBool(New_User = 'true') AS new_user, User_Email AS user_email, toFloat64(Usage_Limit) AS usage_limit"""
REPORT_TS = "toDateTime64(parseDateTime(extract(source_object, 'user_report_([0-9]{12})'), '%Y%m%d%H%i', 'UTC'), 3, 'UTC') AS report_ts"
MODELS = ["auto", "claude_opus_4.6", "claude_sonnet_4.5"]
CSV = ", ".join(f"`{name}` String" for name in [*groups.REPORT_COLUMNS, *(f"{m}_messages" for m in MODELS)])
SETTINGS = """SETTINGS max_threads = {threads}, output_format_parquet_compression_method = 'zstd', output_format_compression_level = 3,
engine_file_truncate_on_insert = 1, input_format_null_as_default = 1, output_format_parquet_string_as_string = 1,
input_format_allow_errors_num = 0"""


def unnested(rows, columns, event):
    return f"""SELECT {columns} FROM (SELECT r.{event}Request AS q, r.{event}Response AS a, source_object, toInt64(number) AS record_index
        FROM (SELECT records, source_object FROM ({rows})) ARRAY JOIN records AS r, range(length(records)) AS number)"""


def reports(rows, out, name, threads, query):
    settings = SETTINGS.format(threads=threads)
    query(f"INSERT INTO FUNCTION file('{out}/user_activity/{name}.parquet', Parquet) SELECT {ACTIVITY}, {REPORT_TS}, {LINEAGE} FROM ({rows}) {settings}")
    models = ", ".join(f"('{m}', `{m}_messages`)" for m in MODELS)
    query(f"""INSERT INTO FUNCTION file('{out}/model_usage/{name}.parquet', Parquet) SELECT toDate32(Date) AS event_date, UserId AS user_id,
        Client_Type AS client_type, m.1 AS model, m.1 AS model_raw, toInt64(m.2) AS messages, {REPORT_TS}, {LINEAGE}
        FROM ({rows}) ARRAY JOIN [{models}] AS m {settings}""")


def plain(case, source, out):
    settings = SETTINGS.format(threads=2)
    if case == "reports":
        rows = f"""SELECT *, extract(_path, '(AWSLogs/.*)$') AS source_object, toInt64(_row_number) AS record_index
            FROM file('{source}/**/*.csv', CSVWithNames, '{CSV}')"""
        return reports(rows, out, "all", 2, chdb.query)
    for table, (folder, types, columns, event) in TABLES.items():
        if next(pathlib.Path(source).glob(f"AWSLogs/*/KiroLogs/{folder}"), None):
            rows = f"""SELECT records, extract(_path, '(AWSLogs/.*)$') AS source_object
                FROM file('{source}/AWSLogs/*/KiroLogs/{folder}/**/*.json.gz', JSONEachRow, 'records {types}')"""
            chdb.query(f"INSERT INTO FUNCTION file('{out}/{table}/all.parquet', Parquet) {unnested(rows, columns, event)} {settings}")


def tuned(case, source, out):
    def handle(table, number, keys, bodies):
        if case == "reports":
            places = "{" + ",".join(keys) + "}"
            rows = f"""SELECT *, extract(_path, '(AWSLogs/.*)$') AS source_object, toInt64(_row_number) AS record_index
                FROM file('{source}/{places}', CSVWithNames, '{CSV}')"""
            return reports(rows, out, str(number), 1, chdb.query)
        lines = pyarrow.table({"line": [str(body, "utf-8") for body in bodies], "source_object": keys})
        _, types, columns, event = TABLES[table]
        rows = f"SELECT JSONExtract(line, 'Tuple(records {types})').1 AS records, source_object FROM Python(lines)"
        settings = SETTINGS.format(threads=1)
        chdb.query(f"INSERT INTO FUNCTION file('{out}/{table}/{number}.parquet', Parquet) {unnested(rows, columns, event)} {settings}")

    groups.run(case, source, handle)


if __name__ == "__main__":
    league, case, source, out = sys.argv[1:]
    for table in groups.tables(case):
        pathlib.Path(out, table).mkdir(parents=True, exist_ok=True)
    {"plain": plain, "tuned": tuned}[league](case, source, out)
