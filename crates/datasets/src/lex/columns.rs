//! The columns of `lex_conversation` and `lex_slot`.

use crate::table::{Column, ColumnType, Family, KeyElse, Lineage, Table};

const REQUEST_ID: Column = Column::plain(
    "request_id",
    ColumnType::Text,
    "`requestId`; one request may log several entries; NULL where it is missing",
);
const SESSION_ID: Column = Column::person(
    "session_id",
    ColumnType::Text,
    "`sessionId`: one conversation, over all log streams; the ContactId where Amazon Connect is the channel",
);
const EVENT_DATE: Column = Column::plain(
    "event_date",
    ColumnType::Date,
    "UTC date of `event_ts`, the source day where it is NULL; equals `dt`",
);
const BOT_NAME: Column = Column::plain("bot_name", ColumnType::Text, "`bot.name`; V1: `botName`");
const INTENT: Column = Column::plain(
    "intent",
    ColumnType::Text,
    "`sessionState.intent.name`; V1: `intent`",
);

const LINEAGE: Lineage = Lineage {
    variant: true,
    extra: false,
};

/// Columns by which one entry differs from itself when it came through another shape, `log_group` and `log_stream` apart.
const NOT_CONTENT: &[&str] = &[
    "source",
    "source_object",
    "record_index",
    "account_id",
    "region",
];

/// One row is a log entry.
pub static CONVERSATION: Table = Table {
    name: "lex_conversation",
    version: 1,
    doc: "a Lex log entry, V1 or V2",
    own: &[
        REQUEST_ID,
        SESSION_ID,
        Column::plain(
            "originating_request_id",
            ColumnType::Text,
            "`sessionState.originatingRequestId`: with `session_id`, one conversation; V1: NULL",
        ),
        Column::plain(
            "event_ts",
            ColumnType::Instant,
            "`timestamp`, else the log event's, floored to milliseconds; NULL where neither says",
        ),
        Column::plain(
            "event_ts_nanos",
            ColumnType::Count,
            "the same in nanoseconds since 1970-01-01 UTC",
        ),
        EVENT_DATE,
        Column::plain(
            "message_version",
            ColumnType::Text,
            "`messageVersion`, else `message-version`: `1.0` is V1, `2.0` is V2",
        ),
        Column::plain("bot_id", ColumnType::Text, "`bot.id`; V1: NULL"),
        BOT_NAME,
        Column::plain("bot_alias_id", ColumnType::Text, "`bot.aliasId`; V1: NULL"),
        Column::plain(
            "bot_alias",
            ColumnType::Text,
            "`bot.aliasName`; V1: `botAlias`",
        ),
        Column::plain(
            "bot_version",
            ColumnType::Text,
            "`bot.version`; V1: `botVersion`",
        ),
        Column::plain("locale", ColumnType::Text, "`bot.localeId`; V1: `locale`"),
        Column::person("user_id", ColumnType::Text, "`userId`, of V1 mostly"),
        Column::plain(
            "input_mode",
            ColumnType::Text,
            "`inputMode`: `Text`, `Speech`, `DTMF`; V1: `inputDialogMode`",
        ),
        Column::plain(
            "operation_name",
            ColumnType::Text,
            "`operationName`; V1: NULL",
        ),
        Column::plain(
            "response_reason",
            ColumnType::Text,
            "`responseReason`; V1: NULL",
        ),
        Column::text(
            "input_transcript",
            ColumnType::Text,
            "`inputTranscript`: what the user said or typed",
        ),
        Column::text(
            "raw_input_transcript",
            ColumnType::Text,
            "`rawInputTranscript`; V1: NULL",
        ),
        Column::text(
            "bot_response",
            ColumnType::Text,
            "contents of `messages`, joined by line feeds; V1: `botResponse`",
        ),
        Column::plain(
            "message_count",
            ColumnType::Count,
            "elements of `messages`; NULL where it is missing or no list",
        ),
        Column::text(
            "messages_json",
            ColumnType::Text,
            "`messages` as compact JSON",
        ),
        INTENT,
        Column::plain(
            "intent_state",
            ColumnType::Text,
            "`sessionState.intent.state`; V1: `dialogState` if it tells no action",
        ),
        Column::plain(
            "confirmation_state",
            ColumnType::Text,
            "`sessionState.intent.confirmationState`; V1: NULL",
        ),
        Column::plain(
            "nlu_confidence",
            ColumnType::Double,
            "`nluConfidence` of the first interpretation of `intent`; V1: `nluIntentConfidence`",
        ),
        Column::plain(
            "interpretation_source",
            ColumnType::Text,
            "`interpretationSource` of the same interpretation: `Lex`, `Bedrock`; V1: NULL",
        ),
        Column::plain(
            "interpretation_count",
            ColumnType::Count,
            "elements of `interpretations_json`; NULL where it is NULL or no list",
        ),
        Column::text(
            "interpretations_json",
            ColumnType::Text,
            "`interpretations` as compact JSON; V1: `alternativeIntents`",
        ),
        Column::plain(
            "dialog_action",
            ColumnType::Text,
            "`sessionState.dialogAction.type`; V1: `dialogState` if it is `Elicit…` or `ConfirmIntent`",
        ),
        Column::plain(
            "slot_to_elicit",
            ColumnType::Text,
            "`sessionState.dialogAction.slotToElicit`, of a composite `Slot.Sub`; V1: `slotToElicit`",
        ),
        Column::plain(
            "missed_utterance",
            ColumnType::Flag,
            "`missedUtterance`; may be true although an intent stands",
        ),
        Column::plain(
            "developer_override",
            ColumnType::Flag,
            "`developerOverride`",
        ),
        Column::plain("barge_in", ColumnType::Flag, "`bargeIn`; V1: NULL"),
        Column::plain(
            "sentiment",
            ColumnType::Text,
            "label of the first sentiment of the interpretations, upper case; V1: of `sentimentResponse`",
        ),
        Column::plain(
            "sentiment_positive",
            ColumnType::Double,
            "score of that sentiment, 0 to 1",
        ),
        Column::plain(
            "sentiment_negative",
            ColumnType::Double,
            "score of that sentiment, 0 to 1",
        ),
        Column::plain(
            "sentiment_neutral",
            ColumnType::Double,
            "score of that sentiment, 0 to 1",
        ),
        Column::plain(
            "sentiment_mixed",
            ColumnType::Double,
            "score of that sentiment, 0 to 1",
        ),
        Column::plain(
            "transcription_confidence",
            ColumnType::Double,
            "`transcriptionConfidence` of the first of `transcriptions`; V1: NULL",
        ),
        Column::text(
            "session_attributes_json",
            ColumnType::Text,
            "`sessionState.sessionAttributes` as compact JSON; V1: `sessionAttributes`",
        ),
        Column::text(
            "request_attributes_json",
            ColumnType::Text,
            "`requestAttributes` as compact JSON",
        ),
        Column::plain(
            "audio_uri",
            ColumnType::Text,
            "`audioProperties.s3Path`; V1: `s3PathForAudio`; `lex_audio.source_object` ends like it",
        ),
        Column::plain(
            "audio_content_type",
            ColumnType::Text,
            "`audioProperties.contentType`; V1: NULL",
        ),
        Column::plain(
            "audio_ms_total",
            ColumnType::Count,
            "`audioProperties.duration.total`, taken as milliseconds: its unit is not documented",
        ),
        Column::plain(
            "audio_ms_voice",
            ColumnType::Count,
            "`audioProperties.duration.voice`, as `audio_ms_total`",
        ),
        Column::plain(
            "audio_ms_silence",
            ColumnType::Count,
            "`audioProperties.duration.silence`, as `audio_ms_total`",
        ),
        Column::text("raw_json", ColumnType::Text, "the entry as compact JSON"),
        Column::plain(
            "log_group",
            ColumnType::Text,
            "`logGroup` of the subscription's envelope; NULL in other shapes",
        ),
        Column::plain(
            "log_stream",
            ColumnType::Text,
            "`logStream` of the subscription's envelope; NULL in other shapes",
        ),
    ],
    lineage: LINEAGE,
    key: &["request_id", "event_ts_nanos", "response_reason"],
    key_required: &["request_id"],
    key_else: Some(KeyElse {
        column: "raw_json",
        hash: crate::json::sorted_hash,
    }),
    not_content: &[
        "log_group",
        "log_stream",
        "source",
        "source_object",
        "record_index",
        "account_id",
        "region",
    ],
    bloom: &["request_id"],
};

/// What `resolved_values` holds.
const VALUE: ColumnType = ColumnType::Text;

/// One row is a slot of an entry.
pub static SLOT: Table = Table {
    name: "lex_slot",
    version: 1,
    doc: "a slot of a Lex log entry's intent, unfilled ones, sub-slots and values of a list included",
    own: &[
        REQUEST_ID,
        SESSION_ID,
        EVENT_DATE,
        BOT_NAME,
        INTENT,
        Column::plain(
            "slot",
            ColumnType::Text,
            "the slot's name; a sub-slot is `Slot.Sub`, a value of a list `Slot[0]`",
        ),
        Column::plain(
            "shape",
            ColumnType::Text,
            "`shape`: `Scalar`, `List`, `Composite`; NULL where it is missing, as in V1",
        ),
        Column::text("original_value", ColumnType::Text, "`value.originalValue`"),
        Column::text(
            "interpreted_value",
            ColumnType::Text,
            "`value.interpretedValue`; V1: the slot's text",
        ),
        Column::text(
            "resolved_values",
            ColumnType::List(&VALUE),
            "`value.resolvedValues`",
        ),
        Column::plain(
            "is_filled",
            ColumnType::Flag,
            "whether the slot, or one below it, has a value",
        ),
        Column::plain(
            "is_obfuscated",
            ColumnType::Flag,
            "whether a value of the slot itself is `{SlotName}`: hidden by the bot's settings",
        ),
    ],
    lineage: LINEAGE,
    key: &["source_object", "record_index", "slot"],
    key_required: &[],
    key_else: None,
    not_content: NOT_CONTENT,
    bloom: &["request_id"],
};

/// Entries with their slots.
pub static FAMILY: Family = Family {
    name: "lex_conversation",
    tables: &[&CONVERSATION, &SLOT],
};
