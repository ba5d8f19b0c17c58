//! Keys as they are seen, and keys that nobody should make.

use super::*;
use crate::dataset::{Content, Keys};
use crate::{by_user_analytic, chat, dev_task, inline_completion, user_report};

mod every_form;
mod properties;

/// The datasets that there are, and those of a source with `kind=lex`.
static DATASETS: &[&Dataset] = &[
    &by_user_analytic::DATASET,
    &chat::DATASET,
    &dev_task::DATASET,
    &inline_completion::DATASET,
    &lex("lex"),
    &lex("lex_audio"),
    &user_report::DATASET,
];

const fn lex(name: &'static str) -> Dataset {
    Dataset {
        name,
        family: &chat::FAMILY,
        decoder_version: 1,
        decoder: chat::DATASET.decoder,
        keys: Keys {
            folders: &[],
            endings: &[],
            report: false,
        },
        content: Content::Json(&[]),
    }
}

fn context(root: &str) -> KeyContext {
    KeyContext {
        name: "src".to_owned(),
        root: root.to_owned(),
        ..KeyContext::default()
    }
}

/// A class in one line: dataset, day, account, region, product, client, report time; `-` for none.
fn line(class: &Class) -> String {
    fn or_dash(text: Option<&str>) -> &str {
        text.unwrap_or("-")
    }
    match class {
        Class::Stray => "stray".to_owned(),
        Class::Unrecognised { event_type } => {
            format!("unrecognised {}", or_dash(event_type.as_deref()))
        }
        Class::Object(object) => {
            let day = object.day.to_string();
            format!(
                "{} {} {} {} {} {} {}",
                or_dash(object.dataset.map(|dataset| dataset.name)),
                if object.dated { &day } else { "undated" },
                or_dash(object.account_id.as_deref()),
                or_dash(object.region.as_deref()),
                or_dash(object.product.map(crate::object::Product::as_str)),
                or_dash(object.client.as_deref()),
                object.report_ts.map_or("-".to_owned(), |ts| ts.to_string()),
            )
        }
    }
}

fn classified(context: &KeyContext, key: &str, size: u64) -> String {
    line(&classify_by(DATASETS, context, key, size))
}

fn check(cases: &[(&str, &str)]) {
    for (key, expected) in cases {
        assert_eq!(classified(&context("/data"), key, 103), *expected, "{key}");
    }
}

#[test]
fn prompt_logs() {
    let day = "2026-07-27 111122223333 us-east-1";
    let log = format!("chat {day} kiro - -");
    check(&[
        (
            "p/AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/23/111122223333_GenerateAssistantResponse_202607272303_a1b2c3d4e5f60718.json.gz",
            &log,
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/x.json.gz",
            &log,
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/x.json",
            &log,
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/US-East-1/2026/07/27/00/x.gz",
            &log,
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/23/zipFile.gz/logFile.json",
            &log,
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/zipFile.gz/logFile.json",
            &log,
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/23/a b%20=+#é.json",
            &log,
        ),
        (
            "AWSLogs/9/AWSLogs/111122223333/QDeveloperLogs/GenerateCompletions/us-east-1/2026/07/27/x.gz",
            &format!("inline_completion {day} qdeveloper - -"),
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/23/x.txt",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/24/x.json",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/02/30/x.json",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2018/12/31/x.json",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/7/27/x.json",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/x.json",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/1/2/3/4/x.json",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse//2026/07/27/x.json",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/NewEvent/us-east-1/2026/07/27/x.json.gz",
            "unrecognised NewEvent",
        ),
        (
            "AWSLogs/111122223333/CloudTrail/us-east-1/2026/07/27/111122223333_CloudTrail_us-east-1_20260727T0000Z_x.json.gz",
            "unrecognised -",
        ),
        (
            "AWSLogs/1111/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/x.json",
            "unrecognised -",
        ),
        (
            "AWSLogs/111122223333/kirologs/GenerateAssistantResponse/us-east-1/2026/07/27/x.json",
            "unrecognised -",
        ),
    ]);
}

#[test]
fn reports() {
    let place = "AWSLogs/111122223333/KiroLogs/user_report/us-east-1/2026/09/09";
    let told = |client: &str, ts: &str| {
        format!("user_report 2026-09-09 111122223333 us-east-1 kiro {client} {ts}")
    };
    for (file, expected) in [
        (
            "00/KIRO_IDE_111122223333_user_report_202609090000.csv",
            told("KIRO_IDE", "1788912000000"),
        ),
        (
            "KIRO_IDE_111122223333_user_report_202609090000.csv",
            told("KIRO_IDE", "1788912000000"),
        ),
        (
            "00/KIRO_WEB_111122223333_user_report_202609090205_part_2.csv",
            told("KIRO_WEB", "1788919500000"),
        ),
        (
            "00/PLUGIN_111122223333_user_report_202609090000_report_part_1.csv.gz",
            told("PLUGIN", "1788912000000"),
        ),
        (
            "00/PLUGIN_111122223333_user_report_part_1_202609090000.csv",
            told("PLUGIN", "1788912000000"),
        ),
        (
            "00/111122223333_user_report_202609090000.csv",
            told("-", "1788912000000"),
        ),
        (
            "00/KIRO_IDE_111122223333_user_report_202609092400.csv",
            told("KIRO_IDE", "-"),
        ),
        (
            "00/KIRO_IDE_111122223333_user_report_202602300000.csv",
            told("KIRO_IDE", "-"),
        ),
        (
            "00/KIRO_IDE_111122223333_user_report_2026090900001.csv",
            told("KIRO_IDE", "-"),
        ),
        (
            "00/KIRO_IDE_111122223333_user_report.csv",
            told("KIRO_IDE", "-"),
        ),
        (
            "00/user_report_202609090000.csv",
            told("-", "1788912000000"),
        ),
        ("00/anything at all.csv", told("-", "-")),
        (
            "00/KIRO_IDE_111122223333_user_report_202609090000.json",
            "unrecognised -".to_owned(),
        ),
    ] {
        let key = format!("{place}/{file}");
        assert_eq!(classified(&context("x/y"), &key, 5), expected, "{key}");
    }
    check(&[
        (
            "AWSLogs/111122223333/QDeveloperLogs/by_user_analytic/US-EAST-1/2025/03/04/07/111122223333_by_user_analytic_202503040000_report.csv",
            "by_user_analytic 2025-03-04 111122223333 us-east-1 qdeveloper - 1741046400000",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/by_user_analytic/us-east-1/2025/03/04/00/111122223333_by_user_analytic_202503040000_report_part_3.csv",
            "by_user_analytic 2025-03-04 111122223333 us-east-1 kiro - 1741046400000",
        ),
    ]);
}

#[test]
fn files_outside_the_tree_are_told_by_their_name_then_by_content() {
    check(&[
        (
            "111122223333_GenerateAssistantResponse_202607272303_a1b2c3d4e5f60718.json.gz",
            "chat 2026-07-27 111122223333 - - - -",
        ),
        (
            "2020/01/01/111122223333_GenerateAssistantResponse_202607272303_a1b2c3d4e5f60718.json",
            "chat 2026-07-27 111122223333 - - - -",
        ),
        (
            "deep/er/KIRO_CLI_111122223333_user_report_202609090000.csv",
            "user_report 2026-09-09 111122223333 - - KIRO_CLI 1788912000000",
        ),
        (
            "111122223333_by_user_analytic_202503040000_report.csv",
            "by_user_analytic 2025-03-04 111122223333 - - - 1741046400000",
        ),
        (
            "111122223333_by_user_analytic_q7Zx.csv",
            "by_user_analytic undated 111122223333 - - - -",
        ),
        (
            "KIRO_IDE_111122223333_user_report_202613320000.csv",
            "user_report undated 111122223333 - - KIRO_IDE -",
        ),
        (
            "KIRO_IDE_111122223333_user_report_202609090000.json",
            "- undated - - - - -",
        ),
        (
            "111122223333_NewEvent_202607272303_a1b2c3d4e5f60718.json.gz",
            "unrecognised NewEvent",
        ),
        (
            "KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/x.json",
            "- undated - - - - -",
        ),
        (
            "AWSLogsX/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/x.json",
            "- undated - - - - -",
        ),
        ("something.csv", "- undated - - - - -"),
        ("something.gz", "- undated - - - - -"),
        ("something.parquet", "unrecognised -"),
        ("README", "unrecognised -"),
        ("AWSLogs", "unrecognised -"),
        ("AWSLogs/something.csv", "unrecognised -"),
        (
            "AWSLogs/111122223333_GenerateAssistantResponse_202607272303_a1b2c3d4e5f60718.json.gz",
            "chat 2026-07-27 111122223333 - - - -",
        ),
    ]);
}

#[test]
fn strays_are_known_by_name_and_size() {
    let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    for (key, size, expected) in [
        (
            format!("AWSLogs/111122223333/KiroLogs/{uuid}"),
            103,
            "stray",
        ),
        (
            format!("AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/{uuid}"),
            103,
            "stray",
        ),
        (
            format!("AWSLogs/111122223333/KiroLogs/{uuid}"),
            4096,
            "unrecognised -",
        ),
        (
            format!("AWSLogs/111122223333/Other/{uuid}"),
            103,
            "unrecognised -",
        ),
        (uuid.to_owned(), 103, "unrecognised -"),
        ("a/aws-logs-write-test".to_owned(), 27, "stray"),
        ("AWSLogs/111122223333/KiroLogs/".to_owned(), 0, "stray"),
        (String::new(), 0, "stray"),
        (
            "AWSLogs/111122223333/KiroLogs/".to_owned(),
            1,
            "unrecognised -",
        ),
    ] {
        assert_eq!(
            classified(&context(""), &key, size),
            expected,
            "{key} {size}"
        );
    }
}

#[test]
fn a_source_object_is_the_same_through_every_prefix() {
    for (root, key, expected) in [
        ("", "AWSLogs/1/x.csv", "AWSLogs/1/x.csv"),
        ("/mnt/b", "p/AWSLogs/1/x.csv", "AWSLogs/1/x.csv"),
        ("/mnt/b/", "p/AWSLogs/1/x.csv", "AWSLogs/1/x.csv"),
        ("AWSLogs", "1/x.csv", "AWSLogs/1/x.csv"),
        ("/mnt/AWSLogs/", "1/x.csv", "AWSLogs/1/x.csv"),
        ("/mnt/AWSLogs/1", "x.csv", "AWSLogs/1/x.csv"),
        ("/AWSLogs/p/AWSLogs/1", "x.csv", "AWSLogs/1/x.csv"),
        ("/AWSLogs/1", "AWSLogs/2/x.csv", "AWSLogs/2/x.csv"),
        ("/AWSLogs/1", "AWSLogs", "AWSLogs/1/AWSLogs"),
        ("/mnt/XAWSLogs", "x.csv", "src/x.csv"),
        ("/mnt", "AWSLogs", "src/AWSLogs"),
        ("/mnt", "//a/./x.csv", "src///a/./x.csv"),
        ("/mnt/awslogs", "a.csv", "src/a.csv"),
    ] {
        assert_eq!(
            source_object::of(&context(root), key),
            expected,
            "{root} {key}"
        );
    }
}

#[test]
fn options_fill_what_the_key_does_not_say() {
    let context = KeyContext {
        account_id: Some("999999999999".to_owned()),
        region: Some("eu-west-1".to_owned()),
        ..context("")
    };
    for (key, expected) in [
        ("x.csv", "- undated 999999999999 eu-west-1 - - -"),
        (
            "KIRO_IDE_111122223333_user_report_x.csv",
            "user_report undated 111122223333 eu-west-1 - KIRO_IDE -",
        ),
        (
            "AWSLogs/111122223333/KiroLogs/user_report/us-east-1/2026/09/09/00/x.csv",
            "user_report 2026-09-09 111122223333 us-east-1 kiro - -",
        ),
    ] {
        assert_eq!(classified(&context, key, 1), expected, "{key}");
    }
}

#[test]
fn lex_takes_the_last_possible_date_in_the_folders() {
    let context = KeyContext {
        lex: true,
        account_id: Some("999999999999".to_owned()),
        name: "2026-01-01".to_owned(),
        ..KeyContext::default()
    };
    for (key, dataset, day) in [
        (
            "2026/05/06/07/stream-1-2026-05-06-07-08-09-uuid",
            "lex",
            "2026-05-06",
        ),
        ("a/2026-05-06/b/000000.gz", "lex", "2026-05-06"),
        ("dt=2026-05-06/x", "lex", "2026-05-06"),
        ("year=2026/month=05/day=06/hour=07/x", "lex", "2026-05-06"),
        ("2026/05/06/dt=2026-02-30/2025-04-03/x", "lex", "2025-04-03"),
        ("2026/05/06/2026-02-30/x", "lex", "2026-05-06"),
        ("2026/05/06", "lex", "undated"),
        ("2026-05-06", "lex", "undated"),
        ("aws/lex/b/a/1/2026-05-06/x.wav", "lex_audio", "2026-05-06"),
        ("dt=2026-05-06/x.Opus", "lex_audio", "2026-05-06"),
        ("aws/lex/b/a/1/2026-05-06/x", "lex", "2026-05-06"),
        ("task/stream/000000.gz", "lex", "undated"),
    ] {
        let expected = format!("{dataset} {day} 999999999999 - lex - -");
        assert_eq!(classified(&context, key, 1), expected, "{key}");
    }
    assert_eq!(classified(&context, "t/aws-logs-write-test", 1), "stray");
}
