//! Objects of `chat`.

use super::super::chat::ChatRecord;
use super::super::log::{Generation, body};
use super::super::object::{Place as Folder, iso};
use super::super::people::ACCOUNTS;
use super::{Flaw, Kit, Place, Record, Spot, text};
use crate::day::Day;

pub(super) const KIT: Kit = Kit {
    dataset: "chat",
    key,
    body: |_, records| body(&records.iter().map(json).collect::<Vec<_>>()),
    gzip: true,
};

fn key(spot: &Spot) -> String {
    let account = &ACCOUNTS[usize::from(spot.account) % ACCOUNTS.len()];
    let folder = |tree| Folder {
        prefix: "logs",
        account: account.id,
        tree,
        kind: "GenerateAssistantResponse",
        region: account.region,
    };
    let at = i64::from(spot.day.0) * Day::NANOS + i64::from(spot.number % 3) * 3_600_000_000_000;
    let tail = format!("Number{:010}", spot.number);
    match spot.place {
        Place::Kiro => folder("KiroLogs").log_key(at, &tail),
        Place::QDeveloper => folder("QDeveloperLogs").log_key(at, &tail),
        Place::Flat => {
            let whole = folder("KiroLogs").log_key(at, &tail);
            let name = whole.rsplit('/').next().unwrap_or_default();
            format!("flat/{name}")
        }
        Place::Loose => format!(
            "loose/{}/chat-{}-{}.gz",
            spot.account, spot.day, spot.number
        ),
    }
}

fn json(record: &Record) -> String {
    let generation = if record.content % 2 == 0 {
        Generation::Nulls
    } else {
        Generation::Omitted
    };
    let number = i64::from(record.identity) * 97 + i64::from(record.content);
    let time = record
        .day
        .map(|day| iso(i64::from(day.0) * Day::NANOS + number * 1_000_000_007, 9));
    let said = |what| Some(text(what, record));
    ChatRecord {
        prompt: said("prompt"),
        trigger: said("trigger"),
        customization_arn: said("arn"),
        user_id: Some(format!(
            "d-0a1b2c3d4e.user{}{}",
            record.identity, record.mark
        )),
        time: match record.flaw {
            Flaw::Value => said("no time"),
            _ => time,
        },
        model_id: Some("claude-opus-4.6".to_owned()),
        response: said("response"),
        followup_prompts: Some(quoted(&text("follow-up", record))),
        metadata: Some((said("conversation"), said("utterance"))),
        code_references: Some(vec![format!(
            r#"{{"licenseName":{}}}"#,
            quoted(&text("licence", record))
        )]),
        web_links: Some(vec![(
            text("uri", record),
            text("title", record),
            text("snippet", record),
        )]),
        request_id: match record.flaw {
            Flaw::Keyless => None,
            _ => Some(format!("request-{}{}", record.identity, record.mark)),
        },
        unknown: match record.content % 3 {
            0 => Vec::new(),
            _ => vec![(
                "agentContext".to_owned(),
                format!(
                    r#"{{{}:[{}]}}"#,
                    quoted(&text("name", record)),
                    quoted(&text("value", record))
                ),
            )],
        },
    }
    .to_json(generation)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
