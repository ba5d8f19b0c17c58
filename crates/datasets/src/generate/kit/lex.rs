//! Objects of `lex`: the same entries in three shapes, by the spot's number.

use serde_json::{Value, json};

use super::{Flaw, Kit, Record, Spot, account, lex_key, text, time};
use crate::day::Day;

pub(super) const KIT: Kit = Kit {
    dataset: "lex",
    key: |spot| lex_key("logs", spot, ""),
    body,
    gzip: true,
    lex: true,
};

fn body(spot: &Spot, records: &[Record]) -> Vec<u8> {
    let entries = records.iter().map(|record| entry(record).to_string());
    let entries: Vec<String> = entries.collect();
    // When an entry came to the log: not before it was made.
    let day = |record: &Record| i64::from(record.day.unwrap_or(spot.day).0);
    let at = |record: &Record| day(record) * (Day::NANOS / 1_000_000) + 3_600_000;
    let logged = records.iter().zip(&entries);
    match spot.number % 3 {
        0 => entries.join("\n").into_bytes(),
        1 => {
            let events: Vec<Value> = logged
                .map(|(record, message)| json!({"id": "1", "timestamp": at(record), "message": message}))
                .collect();
            let envelope = json!({
                "messageType": "DATA_MESSAGE",
                "owner": account(spot).id,
                "logGroup": "group",
                "logStream": "stream",
                "subscriptionFilters": ["to-bucket"],
                "logEvents": events,
            });
            envelope.to_string().into_bytes()
        }
        _ => {
            let lines = logged.map(|(record, message)| format!("{} {message}\n", at(record)));
            lines.collect::<String>().into_bytes()
        }
    }
}

fn entry(record: &Record) -> Value {
    let said = |what| text(what, record);
    let mut slots = serde_json::Map::new();
    // How many slots an entry has, and so how many children, depends on its content.
    for number in 0..record.content % 3 {
        let value = json!({"originalValue": said("original"), "interpretedValue": said("value"), "resolvedValues": [said("resolved")]});
        let slot = json!({"shape": "Scalar", "value": value});
        slots.insert(format!("Slot{number}{}", record.mark), slot);
    }
    let mut entry = json!({
        "messageVersion": "2.0",
        "timestamp": time(record),
        "requestId": format!("request-{}{}", record.identity, record.mark),
        "sessionId": said("session"),
        "bot": {"id": "BOT", "name": said("bot"), "aliasId": "ALIAS", "aliasName": said("alias"), "localeId": "en_GB", "version": "1"},
        "inputMode": "Text",
        "inputTranscript": said("input"),
        "rawInputTranscript": said("raw input"),
        "missedUtterance": false,
        "messages": [{"contentType": "PlainText", "content": said("message")}],
        "sessionState": {
            "originatingRequestId": said("original"),
            "sessionAttributes": {(said("name")): said("attribute")},
            "intent": {"name": said("intent"), "state": "InProgress", "slots": slots},
            "dialogAction": {"type": "ElicitSlot", "slotToElicit": said("slot")},
        },
        "interpretations": [{"intent": {"name": said("intent")}, "nluConfidence": "0.75"}],
        "requestAttributes": {(said("name")): said("attribute")},
        "audioProperties": {"s3Path": said("path")},
    });
    match record.flaw {
        Flaw::None => {}
        Flaw::Keyless => entry["requestId"] = Value::Null,
        Flaw::Value => entry["missedUtterance"] = said("perhaps").into(),
    }
    entry
}
