//! What an object holds, by its content.

use memchr::memmem;

use crate::dataset::{Content, DATASETS, Dataset};
use crate::lex_audio;

/// The dataset of an object whose key tells none, by its first inflated bytes (a few KiB do); `None`: of none that is known.
///
/// JSON is told by the first half of a record that it names, a CSV by the columns of its header.
pub fn sniff(head: &[u8]) -> Option<&'static Dataset> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let head = head.trim_ascii_start();
    match head.first()? {
        b'{' | b'[' => json(head),
        _ => csv(head),
    }
}

/// What an object is whose key said that it is a log of any kind ([`Content::Log`]), by its first inflated bytes: audio
/// without an ending that tells is found out by them. Any other dataset stays what it is.
pub fn of_log(dataset: &'static Dataset, source_object: &str, head: &[u8]) -> &'static Dataset {
    match dataset.content {
        Content::Log if lex_audio::is_audio(source_object, head) => &lex_audio::DATASET,
        _ => dataset,
    }
}

/// A field's name in quotes cannot stand within a text of JSON, where a quote is escaped.
fn json(head: &[u8]) -> Option<&'static Dataset> {
    let mut end = head.len();
    let mut found = None;
    for dataset in DATASETS {
        let Content::Json(halves) = dataset.content else {
            continue;
        };
        for half in halves {
            if let Some(at) = memmem::find(&head[..end], format!("\"{half}\"").as_bytes()) {
                end = at;
                found = Some(*dataset);
            }
        }
    }
    found
}

fn csv(head: &[u8]) -> Option<&'static Dataset> {
    let end = memchr::memchr2(b'\n', b'\r', head).unwrap_or(head.len());
    let header = str::from_utf8(&head[..end]).ok()?;
    let has = |column: &str| {
        header.split(',').any(|cell| {
            cell.trim()
                .trim_matches('"')
                .trim()
                .eq_ignore_ascii_case(column)
        })
    };
    if !has("Date") || !has("UserId") {
        return None;
    }
    DATASETS
        .iter()
        .copied()
        .find(|dataset| match dataset.content {
            Content::Csv(columns) => columns.iter().any(|column| has(column)),
            Content::Json(_) | Content::Log | Content::Unread => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(head: &[u8]) -> Option<&'static str> {
        sniff(head).map(|dataset| dataset.name)
    }

    #[test]
    fn a_log_is_told_by_the_first_half_that_it_names() {
        assert_eq!(
            name(b"\xef\xbb\xbf {\"records\":[{\"generateAssistantResponseEventRequest\":{\"pro"),
            Some("chat")
        );
        assert_eq!(
            name(b"[{\"generateAssistantResponseEventResponse\":"),
            Some("chat")
        );
        assert_eq!(
            name(b"{\"a\":\"\\\"generateAssistantResponseEventRequest\\\"\"}"),
            None
        );
        assert_eq!(name(b"{\"records\":[]}"), None);
        assert_eq!(
            name(b"[{\"generateCompletionsEventRequest\":{\"leftContext\":\""),
            Some("inline_completion")
        );
        assert_eq!(
            name(b"{\"startTaskAssistCodeGenerationEventRequest\":{\"prompt\":\""),
            Some("dev_task")
        );
        // Code may well speak of logs: in its own quotes only.
        assert_eq!(
            name(b"{\"generateCompletionsEventRequest\":{\"leftContext\":\"\\\"generateAssistantResponseEventRequest\\\"\"}}"),
            Some("inline_completion")
        );
        assert_eq!(name(b"{\"newThingEventRequest\":{\"prompt\":\"\"}}"), None);
    }

    #[test]
    fn a_report_is_told_by_its_columns() {
        assert_eq!(
            name(b"\xef\xbb\xbf\n USERID ,\"date\",Total_Messages\r\nx,y,z"),
            Some("user_report")
        );
        assert_eq!(
            name(b"UserId,Date,INLINECHAT_EVENTCOUNT\r\n"),
            Some("by_user_analytic")
        );
        assert_eq!(
            name(b"Date,UserId,Inline_SuggestionsCount,Chat_AICodeLines"),
            Some("by_user_analytic")
        );
        assert_eq!(name(b"Date,UserId\n"), None);
        assert_eq!(name(b"Date,Client_Type,Total_Messages\n"), None);
        assert_eq!(name(b"Date,UserId,Client_Ty"), None);
        assert_eq!(name(b"\xff,Date,UserId,Client_Type\n"), None);
        assert_eq!(name(b""), None);
        assert_eq!(name(b"  "), None);
        assert_eq!(name(b"{\"Date\":1,\"UserId\":2,\"Client_Type\":3}"), None);
    }
}
