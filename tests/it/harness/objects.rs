//! Objects in the shapes of real ones, and keys under which they lie.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

const USER: &str = "d-0a1b2c3d4e.5f0e1111-2222-3333-4444-555566667777";

/// The key of a chat log of a day (`YYYY-MM-DD`); `name` makes it another one.
pub(crate) fn chat_key(day: &str, name: &str) -> String {
    log_key("KiroLogs", day, name)
}

/// The key of a chat log in one of the two trees.
pub(crate) fn log_key(tree: &str, day: &str, name: &str) -> String {
    let (folder, digits) = (day.replace('-', "/"), day.replace('-', ""));
    format!(
        "logs/AWSLogs/111122223333/{tree}/GenerateAssistantResponse/us-east-1/{folder}/10/\
         111122223333_GenerateAssistantResponse_{digits}1000_{name}.json.gz"
    )
}

/// The key of a user report written at `time` (HHMM).
pub(crate) fn report_key(day: &str, client: &str, time: &str) -> String {
    let (folder, digits) = (day.replace('-', "/"), day.replace('-', ""));
    format!(
        "logs/AWSLogs/111122223333/KiroLogs/user_report/us-east-1/{folder}/00/\
         {client}_111122223333_user_report_{digits}{time}.csv"
    )
}

/// What of a key stands in `source_object`.
pub(crate) fn kiro(key: &str) -> &str {
    &key[key.rfind("AWSLogs/").unwrap()..]
}

/// A chat record.
pub(crate) fn chat(id: &str, time: &str) -> String {
    chat_saying(id, time, &format!("prompt of {id}"))
}

/// A chat record with this prompt, which is JSON already but for its quotes.
pub(crate) fn chat_saying(id: &str, time: &str, prompt: &str) -> String {
    format!(
        r#"{{"generateAssistantResponseEventRequest":{{"prompt":"{prompt}","chatTriggerType":"MANUAL","userId":"{USER}","timeStamp":"{time}","modelId":"claude-opus-4.6"}},"generateAssistantResponseEventResponse":{{"assistantResponse":"answer","requestId":"{id}"}}}}"#
    )
}

/// So many characters for a prompt, which nothing compresses to less than three quarters.
pub(crate) fn noise(length: usize) -> String {
    let mut state = 1_u64;
    let draw = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        match b'0' + u8::try_from((state >> 33) & 0x3f).unwrap() {
            b'\\' => '~',
            byte => char::from(byte),
        }
    };
    (0..length).map(draw).collect()
}

/// The object of some records, compressed.
pub(crate) fn records<R: AsRef<str>>(records: &[R]) -> Vec<u8> {
    let records: Vec<&str> = records.iter().map(AsRef::as_ref).collect();
    gzip(format!(r#"{{"records":[{}]}}"#, records.join(",")))
}

/// Bytes as one gzip member.
pub(crate) fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// A row of a report.
pub(crate) fn report_row(day: &str, user: &str, credits: &str, messages: u32) -> String {
    format!(
        "{day},{user},KIRO_IDE,1,{credits},1000.0,0.0,false,arn:aws:codewhisperer:us-east-1:111122223333:profile/ABCDEFGHIJKL,PRO,{messages},{messages}"
    )
}

/// A report of these rows.
pub(crate) fn report(rows: &[String]) -> String {
    let mut text = String::from(
        "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,\
         Overage_Enabled,ProfileId,Subscription_Tier,Total_Messages,auto_messages\n",
    );
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}
