//! Objects of `chat`.

use super::super::chat::ChatRecord;
use super::super::log::{Generation, body};
use super::{Flaw, Kit, Record, log_key, quoted, text, time};

pub(super) const KIT: Kit = Kit {
    dataset: "chat",
    key: |spot| log_key("GenerateAssistantResponse", spot),
    body: |_, records| body(&records.iter().map(json).collect::<Vec<_>>()),
    gzip: true,
    lex: false,
};

fn json(record: &Record) -> String {
    let generation = if record.content.is_multiple_of(2) {
        Generation::Nulls
    } else {
        Generation::Omitted
    };
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
            _ => time(record),
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
                    r"{{{}:[{}]}}",
                    quoted(&text("name", record)),
                    quoted(&text("value", record))
                ),
            )],
        },
    }
    .to_json(generation)
}
