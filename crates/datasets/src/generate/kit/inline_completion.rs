//! Objects of `inline_completion`.

use super::super::inline::InlineRecord;
use super::super::log::{Generation, body};
use super::{Flaw, Kit, Record, log_key, text, time};

pub(super) const KIT: Kit = Kit {
    dataset: "inline_completion",
    key: |spot| log_key("GenerateCompletions", spot),
    body: |_, records| body(&records.iter().map(json).collect::<Vec<_>>()),
    gzip: true,
    lex: false,
};

fn json(record: &Record) -> String {
    let said = |what| Some(text(what, record));
    let completions = (0..record.content % 3).map(|_| text("completion", record));
    InlineRecord {
        left_context: said("left"),
        right_context: said("right"),
        file_name: said("file.rs"),
        customization_arn: said("arn"),
        user_id: Some(format!("user{}{}", record.identity, record.mark)),
        time: match record.flaw {
            Flaw::Value => said("no time"),
            _ => time(record),
        },
        completions: Some(completions.collect()),
        as_objects: record.content.is_multiple_of(2),
        request_id: match record.flaw {
            Flaw::Keyless => None,
            _ => Some(format!("request-{}{}", record.identity, record.mark)),
        },
    }
    .to_json(Generation::Omitted)
}
