//! Every combination of what keys are made of.

use super::{check, classified, context};

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
