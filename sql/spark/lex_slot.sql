-- lex_slot: one row is a slot of a Lex log entry's intent, unfilled ones, sub-slots and values of a list included.
-- Rendered from the schema; `promptlake ddl --dialect spark` prints it for a lake.
CREATE TABLE IF NOT EXISTS lex_slot (
  request_id string COMMENT 'requestId, one request may log several entries, NULL where it is missing',
  session_id string COMMENT 'sessionId: one conversation, over all log streams, the ContactId where Amazon Connect is the channel',
  event_date date COMMENT 'UTC date of event_ts, the source day where it is NULL, equals dt',
  bot_name string COMMENT 'bot.name, V1: botName',
  intent string COMMENT 'sessionState.intent.name, V1: intent',
  slot string COMMENT 'the slot’s name, a sub-slot is Slot.Sub, a value of a list Slot[0]',
  shape string COMMENT 'shape: Scalar, List, Composite, NULL where it is missing, as in V1',
  original_value string COMMENT 'value.originalValue',
  interpreted_value string COMMENT 'value.interpretedValue, V1: the slot’s text',
  resolved_values array<string> COMMENT 'value.resolvedValues',
  is_filled boolean COMMENT 'whether the slot, or one below it, has a value',
  is_obfuscated boolean COMMENT 'whether a value of the slot itself is {SlotName}: hidden by the bot’s settings',
  account_id string COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region string COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source string COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object string COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  dt string
)
USING PARQUET
PARTITIONED BY (dt)
COMMENT 'One row is a slot of a Lex log entry’s intent, unfilled ones, sub-slots and values of a list included'
LOCATION 's3://BUCKET/PREFIX/tables/lex_slot/';
MSCK REPAIR TABLE lex_slot;
