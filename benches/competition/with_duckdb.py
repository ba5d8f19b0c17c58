"""DuckDB in our place: with_duckdb.py plain|tuned logs|reports SOURCE OUT

plain: one statement a table with the engine's own readers. tuned: two Python threads inflate with libdeflate and hand the
engine groups of about 2 MB; a file a group.
"""

import pathlib
import sys

import duckdb
import groups
import pyarrow

CHAT = """STRUCT("generateAssistantResponseEventRequest" STRUCT(prompt VARCHAR, "chatTriggerType" VARCHAR, "customizationArn" VARCHAR,
"userId" VARCHAR, "timeStamp" VARCHAR, "modelId" VARCHAR), "generateAssistantResponseEventResponse" STRUCT("assistantResponse" VARCHAR,
"followupPrompts" VARCHAR, "messageMetadata" STRUCT("conversationId" VARCHAR, "utteranceId" VARCHAR), "codeReferenceEvents" JSON[],
"supplementaryWebLinksEvent" JSON[], "requestId" VARCHAR))[]"""
INLINE = """STRUCT("generateCompletionsEventRequest" STRUCT("leftContext" VARCHAR, "rightContext" VARCHAR, "fileName" VARCHAR,
"customizationArn" VARCHAR, "userId" VARCHAR, "timeStamp" VARCHAR), "generateCompletionsEventResponse" STRUCT(completions VARCHAR[],
"requestId" VARCHAR))[]"""
COMMON = """{response}."requestId" AS request_id, split_part({request}."userId", '.', 2) AS user_id, {request}."userId" AS user_id_raw,
split_part({request}."userId", '.', 1) AS identity_store_id,
CAST(date_trunc('millisecond', CAST({request}."timeStamp" AS TIMESTAMP_NS)) AS TIMESTAMP) AS event_ts,
epoch_ns(CAST({request}."timeStamp" AS TIMESTAMP_NS)) AS event_ts_nanos,
CAST(CAST({request}."timeStamp" AS TIMESTAMP_NS) AS DATE) AS event_date"""
LINEAGE = """split_part(source_object, '/', 2) AS account_id, split_part(source_object, '/', 5) AS region, 'kiro' AS source,
source_object, record_index"""
CHAT_COLUMNS = f"""{COMMON.format(request='q', response='a')}, q."chatTriggerType" AS chat_trigger_type,
q."customizationArn" AS customization_arn, q."modelId" AS model_id, replace(lower(q."modelId"), '-', '_') AS model, q.prompt AS prompt,
length(q.prompt) AS prompt_chars, a."assistantResponse" AS assistant_response, length(a."assistantResponse") AS response_chars,
a."followupPrompts" AS followup_prompts, a."messageMetadata"."conversationId" AS conversation_id,
a."messageMetadata"."utteranceId" AS utterance_id, len(a."codeReferenceEvents") AS code_reference_count,
len(a."supplementaryWebLinksEvent") AS web_link_count, q.prompt = '' AS is_tool_turn, {LINEAGE}"""
INLINE_COLUMNS = f"""{COMMON.format(request='q', response='a')}, q."fileName" AS file_name,
lower(regexp_extract(q."fileName", '[^.]\\.([^.]+)$', 1)) AS file_extension, q."customizationArn" AS customization_arn,
q."leftContext" AS left_context, length(q."leftContext") AS left_context_chars, q."rightContext" AS right_context,
length(q."rightContext") AS right_context_chars, a.completions AS completions, len(a.completions) AS completion_count,
CAST(list_sum(list_transform(a.completions, lambda x: length(x))) AS BIGINT) AS completion_chars, {LINEAGE}"""
TABLES = {
    "chat": ("GenerateAssistantResponse", CHAT, CHAT_COLUMNS, "generateAssistantResponseEvent"),
    "inline_completion": ("GenerateCompletions", INLINE, INLINE_COLUMNS, "generateCompletionsEvent"),
}
PARQUET = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)"
ACTIVITY = """CAST("Date" AS DATE) AS event_date, "UserId" AS user_id, "UserId" AS user_id_raw, "Client_Type" AS client_type,
CAST("Chat_Conversations" AS BIGINT) AS chat_conversations, CAST("Credits_Used" AS DOUBLE) AS credits_used,
CAST("Overage_Cap" AS DOUBLE) AS overage_cap, CAST("Overage_Credits_Used" AS DOUBLE) AS overage_credits_used,
CAST("Overage_Enabled" AS BOOLEAN) AS overage_enabled, "ProfileId" AS profile_id, upper("Subscription_Tier") AS subscription_tier,
"Subscription_Tier" AS subscription_tier_raw, CAST("Total_Messages" AS BIGINT) AS total_messages, CAST("New_User" AS BOOLEAN) AS new_user,
"User_Email" AS user_email, CAST("Usage_Limit" AS DOUBLE) AS usage_limit,
strptime(regexp_extract(source_object, 'user_report_([0-9]{12})', 1), '%Y%m%d%H%M') AS report_ts"""
MODELS = ["auto", "claude_opus_4.6", "claude_sonnet_4.5"]
CSV = """all_varchar = true, header = true, auto_detect = false, delim = ',', quote = '"', columns = {""" + ", ".join(
    f"'{name}': 'VARCHAR'" for name in [*groups.REPORT_COLUMNS, *(f"{m}_messages" for m in MODELS)]
) + "}"


def unnested(rows, columns, event):
    return f"""SELECT {columns} FROM (SELECT r."{event}Request" AS q, r."{event}Response" AS a, source_object, record_index
        FROM (SELECT unnest(records) AS r, unnest(range(len(records))) AS record_index, source_object FROM ({rows})))"""


def key(filename):
    return f"regexp_extract({filename}, '(AWSLogs/.*)$', 1)"


def reports(rows, out, connection, name):
    connection.execute(f"CREATE OR REPLACE TEMP VIEW r_{name} AS {rows}")
    connection.execute(f"COPY (SELECT {ACTIVITY}, {LINEAGE} FROM r_{name}) TO '{out}/user_activity/{name}.parquet' {PARQUET}")
    melted = " UNION ALL ".join(
        f"""SELECT CAST("Date" AS DATE) AS event_date, "UserId" AS user_id, "Client_Type" AS client_type, '{m}' AS model, '{m}' AS model_raw,
        CAST("{m}_messages" AS BIGINT) AS messages,
        strptime(regexp_extract(source_object, 'user_report_([0-9]{{12}})', 1), '%Y%m%d%H%M') AS report_ts, {LINEAGE} FROM r_{name}"""
        for m in MODELS
    )
    connection.execute(f"COPY ({melted}) TO '{out}/model_usage/{name}.parquet' {PARQUET}")


def plain(case, source, out):
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    if case == "reports":
        rows = f"""SELECT * EXCLUDE (filename), {key('filename')} AS source_object,
            row_number() OVER (PARTITION BY filename) - 1 AS record_index
            FROM read_csv('{source}/**/*.csv', filename = true, {CSV})"""
        return reports(rows, out, connection, "all")
    for table, (folder, types, columns, event) in TABLES.items():
        if not next(pathlib.Path(source).glob(f"AWSLogs/*/KiroLogs/{folder}"), None):
            continue
        rows = f"""SELECT records, {key('filename')} AS source_object FROM read_json('{source}/AWSLogs/*/KiroLogs/{folder}/**/*.json.gz',
            format = 'newline_delimited', compression = 'gzip', filename = true, maximum_object_size = 67108864,
            columns = {{records: '{types}'}})"""
        connection.execute(f"COPY ({unnested(rows, columns, event)}) TO '{out}/{table}/all.parquet' {PARQUET}")


def tuned(case, source, out):
    connection = duckdb.connect()
    # The two threads are ours.
    connection.execute("SET threads = 1")

    def handle(table, number, keys, bodies):
        cursor = connection.cursor()
        if case == "reports":
            rows = f"""SELECT * EXCLUDE (filename), {key('filename')} AS source_object, row_number() OVER (PARTITION BY filename) - 1 AS record_index
                FROM read_csv([{', '.join(repr(source + '/' + place) for place in keys)}], filename = true, {CSV})"""
            return reports(rows, out, cursor, str(number))
        lines = pyarrow.table({"line": pyarrow.array([str(body, "utf-8") for body in bodies], pyarrow.large_string()), "source_object": keys})
        cursor.register("lines", lines)
        _, types, columns, event = TABLES[table]
        shape = "from_json(line, '" + SHAPES[table] + "')"
        rows = f"SELECT {shape}.records AS records, source_object FROM lines"
        cursor.execute(f"COPY ({unnested(rows, columns, event)}) TO '{out}/{table}/{number}.parquet' {PARQUET}")
        cursor.unregister("lines")

    groups.run(case, source, handle)


# The same types, in the spelling of from_json.
SHAPES = {
    "chat": """{"records":[{"generateAssistantResponseEventRequest":{"prompt":"VARCHAR","chatTriggerType":"VARCHAR","customizationArn":"VARCHAR",
"userId":"VARCHAR","timeStamp":"VARCHAR","modelId":"VARCHAR"},"generateAssistantResponseEventResponse":{"assistantResponse":"VARCHAR",
"followupPrompts":"VARCHAR","messageMetadata":{"conversationId":"VARCHAR","utteranceId":"VARCHAR"},"codeReferenceEvents":["JSON"],
"supplementaryWebLinksEvent":["JSON"],"requestId":"VARCHAR"}}]}""",
    "inline_completion": """{"records":[{"generateCompletionsEventRequest":{"leftContext":"VARCHAR","rightContext":"VARCHAR","fileName":"VARCHAR",
"customizationArn":"VARCHAR","userId":"VARCHAR","timeStamp":"VARCHAR"},"generateCompletionsEventResponse":{"completions":["VARCHAR"],
"requestId":"VARCHAR"}}]}""",
}

if __name__ == "__main__":
    league, case, source, out = sys.argv[1:]
    for table in groups.tables(case):
        pathlib.Path(out, table).mkdir(parents=True, exist_ok=True)
    {"plain": plain, "tuned": tuned}[league](case, source, out)
