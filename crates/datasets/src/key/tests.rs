//! Keys as they are seen, and keys that nobody should make.

use proptest::prelude::*;

use super::*;
use crate::dataset::{Content, Keys};
use crate::{by_user_analytic, chat, dev_task, inline_completion, user_report};

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

/// Event types, trees, prefixes, folders and files in every combination that was seen or is documented.
#[test]
fn every_form_of_a_prompt_log_in_both_trees() {
    let day = "2025-12-04 111122223333 us-east-1";
    for (event_type, dataset) in [
        ("GenerateAssistantResponse", "chat"),
        ("GenerateCompletions", "inline_completion"),
        ("StartTaskAssistCodeGeneration", "dev_task"),
    ] {
        let name = format!("111122223333_{event_type}_202512041402_a1B2c3D4e5F60718");
        let files = [
            format!("{name}.json.gz"),
            format!("{name}.json"),
            format!("{name}.gz"),
            format!("{name}.gz/{name}.json"),
            "zipFile.gz/logFile.json".to_owned(),
            "any name.json.gz".to_owned(),
        ];
        for (tree, product) in [("KiroLogs", "kiro"), ("QDeveloperLogs", "qdeveloper")] {
            for prefix in [
                "",
                "logs/",
                "a/b c/",
                "Prompt_Logging/Prompt_Logging/",
                "AWSLogs/",
                "//",
            ] {
                for region in ["us-east-1", "US-East-1"] {
                    for hour in ["", "00/", "23/"] {
                        for file in &files {
                            let key = format!(
                                "{prefix}AWSLogs/111122223333/{tree}/{event_type}/{region}/2025/12/04/{hour}{file}"
                            );
                            let expected = format!("{dataset} {day} {product} - -");
                            assert_eq!(classified(&context("/d"), &key, 900), expected, "{key}");
                        }
                    }
                }
            }
        }
        for file in &files[..3] {
            let expected = format!("{dataset} 2025-12-04 111122223333 - - - -");
            assert_eq!(classified(&context("/d"), file, 900), expected, "{file}");
        }
    }
}

/// Both kinds of path, with and without `_report`, with parts, and what older files end in.
#[test]
fn every_form_of_a_legacy_report_in_both_trees() {
    let stamp = "202503040000";
    let named = [
        format!("{stamp}_report.csv"),
        format!("{stamp}.csv"),
        format!("{stamp}_report_part_2.csv"),
        format!("{stamp}_part_2_report.csv"),
        format!("{stamp}_part_12.csv"),
        format!("part_1_{stamp}_report.csv"),
        format!("{stamp}_report_q7Zx0kLm.csv"),
        format!("{stamp}_report.csv.gz"),
    ];
    for (tree, product) in [("KiroLogs", "kiro"), ("QDeveloperLogs", "qdeveloper")] {
        for region in ["us-east-1", "US-EAST-1"] {
            for hour in ["", "00/", "07/"] {
                for file in &named {
                    let file = format!("111122223333_by_user_analytic_{file}");
                    let key = format!(
                        "p/AWSLogs/111122223333/{tree}/by_user_analytic/{region}/2025/03/04/{hour}{file}"
                    );
                    let told = "by_user_analytic 2025-03-04 111122223333";
                    assert_eq!(
                        classified(&context("/d"), &key, 900),
                        format!("{told} us-east-1 {product} - 1741046400000"),
                        "{key}"
                    );
                    assert_eq!(
                        classified(&context("/d"), &file, 900),
                        format!("{told} - - - 1741046400000"),
                        "{file}"
                    );
                }
            }
        }
    }
    check(&[
        (
            "AWSLogs/111122223333/QDeveloperLogs/by_user_analytic/us-east-1/2025/03/04/00/q7Zx.csv",
            "by_user_analytic 2025-03-04 111122223333 us-east-1 qdeveloper - -",
        ),
        (
            "111122223333_by_user_analyticX_202503040000.csv",
            "unrecognised by_user_analyticX",
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

/// Keys out of the words that the grammar is made of, in any order.
fn keys() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "AWSLogs",
        "111122223333",
        "KiroLogs",
        "QDeveloperLogs",
        "GenerateAssistantResponse",
        "user_report",
        "us-east-1",
        "2026",
        "02",
        "30",
        "09",
        "00",
        "z.gz",
        "",
        ".",
        "..",
        "dt=2026-01-02",
        "KIRO_IDE_111122223333_user_report_202609090000.csv",
        "é%\u{0}",
        "111122223333_GenerateAssistantResponse_202607272303_a1b2c3d4e5f60718.json.gz",
        "x.json",
        "x.csv",
        "_111122223333_",
        "_202607272303",
        "user_report_é",
    ]);
    let tree = (0..3_u8, prop::collection::vec(word.clone(), 1..4)).prop_map(|(n, tail)| {
        let folder = ["2026/09/09", "2026/09/09/00", "2026/02/30"][usize::from(n)];
        format!(
            "p/AWSLogs/111122223333/KiroLogs/user_report/us-east-1/{folder}/{}",
            tail.join("/")
        )
    });
    prop_oneof![
        tree,
        prop::collection::vec(word.clone(), 0..12).prop_map(|words| words.join("/")),
        prop::collection::vec(word, 0..4).prop_map(|words| words.concat()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn the_source_day_is_a_function_of_the_source_object(
        key in keys(), root in keys(), name in "AWSLogs|2026-01-01|b", lex: bool, size in 0_u64..300,
    ) {
        let context = KeyContext { name, root, lex, ..KeyContext::default() };
        if let Class::Object(object) = classify_by(DATASETS, &context, &key, size) {
            let day = source_day_by(DATASETS, &object.source_object, lex);
            prop_assert_eq!(day, (object.day, object.dated));
            prop_assert!(object.dated || object.day == Day::UNDATED);
        }
        let _ = source_day(&key, lex);
    }

    #[test]
    fn an_object_in_the_tree_is_the_same_through_another_source(key in keys(), root in "[a-z/]{0,9}") {
        let here = context("/data");
        let there = KeyContext { name: "other".to_owned(), root, ..KeyContext::default() };
        if source_object::of(&here, &key).starts_with("AWSLogs/") {
            prop_assert_eq!(source_object::of(&here, &key), source_object::of(&there, &key));
            prop_assert_eq!(classified(&here, &key, 1), classified(&there, &format!("mirror/{key}"), 1));
        }
    }
}
