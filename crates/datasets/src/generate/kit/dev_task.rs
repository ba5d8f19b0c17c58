//! Objects of `dev_task`.

use super::super::log::{Generation, body, object};
use super::{Flaw, Kit, Record, log_key, quoted, text, time};

pub(super) const KIT: Kit = Kit {
    dataset: "dev_task",
    key: |spot| log_key("StartTaskAssistCodeGeneration", spot),
    body: |_, records| body(&records.iter().map(json).collect::<Vec<_>>()),
    gzip: true,
    lex: false,
};

fn json(record: &Record) -> String {
    let said = |what| Some(quoted(&text(what, record)));
    let time = match record.flaw {
        Flaw::Value => Some(text("no time", record)),
        _ => time(record),
    };
    let inner = format!(
        "{{{}:{}}}",
        quoted(&text("name", record)),
        quoted(&text("value", record))
    );
    let request = [
        ("userPrompt", said("prompt")),
        ("userId", said("user")),
        ("timeStamp", time.map(|time| quoted(&time))),
        ("workspace", Some(inner)),
    ];
    let request_id = format!("request-{}{}", record.identity, record.mark);
    let response = [(
        "requestId",
        (record.flaw != Flaw::Keyless).then(|| quoted(&request_id)),
    )];
    format!(
        r#"{{"startTaskAssistCodeGenerationEventRequest":{},"startTaskAssistCodeGenerationEventResponse":{}}}"#,
        object(&request, Generation::Omitted),
        object(&response, Generation::Nulls)
    )
}
