//! The shapes in which log events reach a bucket.

use std::fmt::Write as _;

use base64::Engine as _;
use flate2::Crc;
use serde_json::json;

use super::super::object::iso;
use super::talk::Logged;

const MILLI: i64 = 1_000_000;

/// Lines of an export task, with the time as it is written today.
pub(super) fn export(events: &[&Logged]) -> Vec<u8> {
    lines(events, |at| iso(at, 3))
}

/// The same with milliseconds since the epoch.
pub(super) fn export_millis(events: &[&Logged]) -> Vec<u8> {
    lines(events, |at| (at / MILLI).to_string())
}

fn lines(events: &[&Logged], time: impl Fn(i64) -> String) -> Vec<u8> {
    let mut text = String::new();
    for event in events {
        writeln!(text, "{} {}", time(event.at), event.message)
            .expect("invariant: a String takes any text");
    }
    text.into_bytes()
}

/// Messages alone, as a transform leaves them: entries one a line.
pub(super) fn bare(events: &[&Logged]) -> Vec<u8> {
    let messages: Vec<&str> = events.iter().map(|event| event.message.as_str()).collect();
    messages.join("\n").into_bytes()
}

/// Log events as a subscription sends them.
pub(super) fn envelope(account: &str, (group, stream): (&str, &str), events: &[&Logged]) -> String {
    let events: Vec<_> = events
        .iter()
        .enumerate()
        .map(|(n, event)| json!({"id": format!("{}{n:04}", event.at), "timestamp": event.at / MILLI, "message": event.message}))
        .collect();
    json!({
        "messageType": "DATA_MESSAGE", "owner": account, "logGroup": group, "logStream": stream,
        "subscriptionFilters": ["to-bucket"], "logEvents": events,
    })
    .to_string()
}

/// What a subscription sends to see whether somebody listens.
pub(super) fn control(at: i64) -> String {
    json!({
        "messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "", "subscriptionFilters": [],
        "logEvents": [{"id": "", "timestamp": at / MILLI, "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}],
    })
    .to_string()
}

/// An envelope as a function is given it.
pub(super) fn event_form(envelope: &str) -> Vec<u8> {
    let data = base64::engine::general_purpose::STANDARD.encode(stored_gzip(envelope.as_bytes()));
    json!({"awslogs": {"data": data}}).to_string().into_bytes()
}

/// A gzip member of stored blocks, made by hand: the same bytes with every version of every compressor.
pub(super) fn stored_gzip(body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = body.chunks(usize::from(u16::MAX)).peekable();
    if blocks.peek().is_none() {
        bytes.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        bytes.push(u8::from(blocks.peek().is_none()));
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&(!length).to_le_bytes());
        bytes.extend_from_slice(block);
    }
    let mut crc = Crc::new();
    crc.update(body);
    bytes.extend_from_slice(&crc.sum().to_le_bytes());
    bytes.extend_from_slice(&crc.amount().to_le_bytes());
    bytes
}
