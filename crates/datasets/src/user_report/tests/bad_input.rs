//! What is wrong with reports in the field: input → rows, rejects.

use super::decoded::{Decoded, decode, decode_pieces, field, object, report};
use crate::drift::DriftKind;
use crate::input::End;
use crate::reason::Reason;

/// Decodes at once and in pieces, and checks users and rejects.
fn check(csv: &[u8], end: &End, users: &[&str], rejects: &[&str]) -> Decoded {
    let object = report();
    let decoded = decode(&object, csv, end.clone());
    let shown = String::from_utf8_lossy(csv);
    let found: Vec<_> = decoded
        .rows("user_activity")
        .iter()
        .map(|row| {
            format!(
                "{}@{}",
                field(row, "user_id").unwrap(),
                field(row, "record_index").unwrap()
            )
        })
        .collect();
    assert_eq!(found, users, "{shown}");
    assert_eq!(decoded.rejects(), rejects, "{shown}");
    for length in [1, 2, 3, 7, 64] {
        let pieces = decode_pieces(&object, csv, end.clone(), vec![length]);
        assert_eq!(pieces, decoded, "pieces of {length}: {shown}");
    }
    decoded
}

fn clean(csv: &str, users: &[&str], rejects: &[&str]) -> Decoded {
    check(csv.as_bytes(), &End::Clean, users, rejects)
}

/// The one row's column.
fn value(csv: &str, column: &str) -> Option<String> {
    let decoded = clean(csv, &["a@0"], &[]);
    field(&decoded.rows("user_activity")[0], column).map(str::to_owned)
}

const HEAD: &str = "Date,UserId,Total_Messages\n";

#[test]
fn framing() {
    for (csv, users, rejects) in [
        ("", &[][..], &[][..]),
        ("\u{feff}", &[], &[]),
        ("\r\n \n\n", &[], &[]),
        (HEAD, &[], &[]),
        ("Date,UserId", &[], &[]),
        (
            "\u{feff}Date,UserId\r\n2026-09-09,a\r\n2026-09-09,b\r\n",
            &["a@0", "b@1"],
            &[],
        ),
        ("Date,UserId\r2026-09-09,a\r", &["a@0"], &[]),
        (
            "\n\n Date , USERID \n\n2026-09-09,a\n   \n\t\n\n2026-09-09,b\n \n",
            &["a@0", "b@1"],
            &[],
        ),
        ("UserId,Date\na,2026-09-09", &["a@0"], &[]),
        (
            "\"Date\",\"User\"\"Id\",UserId\n2026-09-09,x,\"a\"\n",
            &["a@0"],
            &[],
        ),
        // a cell may hold line ends, commas and quotes
        (
            "Date,UserId,X\n2026-09-09,a,\"1\r\n,\"\"2\"\n2026-09-09,b,\n",
            &["a@0", "b@1"],
            &[],
        ),
        // short and long rows
        (
            "Date,UserId,X\n2026-09-09,a\n2026-09-09,b,1,, \n2026-09-09,c,1,2\n",
            &["a@0", "b@1"],
            &["long_row@2"],
        ),
        (
            "Date,UserId\n2026-09-09\n,\n\"\"\n",
            &[],
            &["no_user@0", "no_date@1", "no_date@2"],
        ),
        // an open quote: what stands before stands
        (
            "Date,UserId\n2026-09-09,a\n2026-09-09,\"b\n2026-09-09,c\n",
            &["a@0"],
            &["open_quote@1"],
        ),
        (
            "Date,UserId\n2026-09-09,a\n2026-09-09,\"b",
            &["a@0"],
            &["open_quote@1"],
        ),
        (
            "Date,UserId\n2026-09-09,a\n2026-09-09,\"b\"",
            &["a@0", "b@1"],
            &[],
        ),
        ("Date,\"UserId\n2026-09-09,a\n", &[], &["open_quote@-"]),
        // no header of a report
        ("Date,Client_Type\n2026-09-09,a\n", &[], &["no_header@-"]),
        ("UserId,X\na,1\nb,2\n", &[], &["no_header@-"]),
        ("{\"records\":[]}", &[], &["no_header@-"]),
        ("\0\0\0", &[], &["no_header@-"]),
    ] {
        clean(csv, users, rejects);
    }
}

#[test]
fn a_second_byte_order_mark_is_text() {
    clean(
        "\u{feff}\u{feff}Date,UserId\n2026-09-09,a\n",
        &[],
        &["no_header@-"],
    );
}

#[test]
fn bytes_that_are_not_utf8_reject_their_row_alone() {
    check(
        b"Date,UserId,X\n2026-09-09,a,\n2026-09-09,b,\xff\n2026-09-09,c,\n",
        &End::Clean,
        &["a@0", "c@2"],
        &["not_utf8@1"],
    );
    // halves of a character in two cells, and around a closing quote
    check(
        b"Date,UserId,X,Y\n2026-09-09,a,\xc3,\xa9\n",
        &End::Clean,
        &[],
        &["not_utf8@0"],
    );
    check(
        b"Date,UserId,X\n2026-09-09,a,\"\xc3\"\xa9\n",
        &End::Clean,
        &[],
        &["not_utf8@0"],
    );
    let decoded = check(
        b"Date,UserId,\xff\n2026-09-09,a,\n",
        &End::Clean,
        &[],
        &["no_header@-"],
    );
    assert!(decoded.drift.is_empty());
}

#[test]
fn cells_that_are_not_what_the_column_holds_reject_their_row_alone() {
    let mut cases = Vec::new();
    for column in ["Chat_Conversations", "Total_Messages", "m_messages"] {
        for cell in [
            "-1",
            "inf",
            "1e400",
            "1.5",
            "x",
            "None",
            "9223372036854775808",
        ] {
            cases.push((column, cell, "bad_count"));
        }
    }
    for column in [
        "Credits_Used",
        "Overage_Cap",
        "Overage_Credits_Used",
        "Usage_Limit",
    ] {
        for cell in ["inf", "1e400", "NaN", "x", "None"] {
            cases.push((column, cell, "bad_number"));
        }
    }
    for column in ["Overage_Enabled", "New_User"] {
        for cell in ["1", "yes", "None"] {
            cases.push((column, cell, "bad_flag"));
        }
    }
    for (column, cell, reason) in cases {
        let csv =
            format!("Date,UserId,{column}\n2026-09-09,a,\n2026-09-09,b,{cell}\n2026-09-09,c,\n");
        let decoded = clean(&csv, &["a@0", "c@2"], &[&format!("{reason}@1")]);
        let reject = &decoded.rows("rejects")[0];
        assert_eq!(
            field(reject, "raw"),
            Some(format!("2026-09-09,b,{cell}").as_str())
        );
        assert_eq!(field(reject, "line"), Some("3"));
        assert!(!field(reject, "detail").unwrap().contains(cell) || cell == "x" || cell == "1");
        assert!(decoded.rows("model_usage").is_empty());
    }
}

#[test]
fn dates() {
    for (date, expected) in [
        ("2026-09-09", Ok("2026-09-09")),
        (" 09-09-2026 ", Ok("2026-09-09")),
        ("09/09/2026", Ok("2026-09-09")),
        ("2026/09/09", Ok("2026-09-09")),
        ("2019-01-01", Ok("2019-01-01")),
        ("2026-09-11", Ok("2026-09-11")),
        ("2026-09-12", Err("time_out_of_range")),
        ("2018-12-31", Err("time_out_of_range")),
        ("13-45-2026", Err("bad_time")),
        ("2026-02-30", Err("bad_time")),
        ("today", Err("bad_time")),
        ("", Err("no_date")),
    ] {
        let csv = format!("UserId,Date\na,{date}\n");
        match expected {
            Ok(day) => assert_eq!(value(&csv, "event_date").as_deref(), Some(day)),
            Err(reason) => drop(clean(&csv, &[], &[&format!("{reason}@0")])),
        }
    }
}

#[test]
fn an_undated_report_takes_dates_up_to_2099() {
    let object = object("some.csv");
    assert!(!object.dated);
    let csv = b"Date,UserId\n2099-12-31,a\n2100-01-01,b\n";
    let decoded = decode(&object, csv, End::Clean);
    assert_eq!(decoded.rows("user_activity").len(), 1);
    assert_eq!(decoded.rejects(), ["time_out_of_range@1"]);
}

#[test]
fn users() {
    for (cell, user, store) in [
        ("d-0a1b2c3d4e.u-1", "u-1", Some("d-0a1b2c3d4e")),
        (" 'u-1' ", "u-1", None),
        ("\"\"\"u-1\"\"\"", "u-1", None),
        ("abc.def", "abc.def", None),
    ] {
        let decoded = clean(
            &format!("Date,UserId\n2026-09-09,{cell}\n"),
            &[&format!("{user}@0")],
            &[],
        );
        let row = &decoded.rows("user_activity")[0];
        assert_eq!(field(row, "identity_store_id"), store, "{cell}");
    }
    for cell in ["", "  ", "''", "' '"] {
        clean(
            &format!("Date,UserId\n2026-09-09,{cell}\n"),
            &[],
            &["no_user@0"],
        );
    }
}

#[test]
fn raw_text_is_kept_and_other_text_trimmed() {
    let csv = "Date,UserId,Subscription_Tier,User_Email,ProfileId\n2026-09-09, a , Pro-Plus ,\" X@Y.Z \", arn \n";
    let decoded = clean(csv, &["a@0"], &[]);
    let row = &decoded.rows("user_activity")[0];
    for (column, expected) in [
        ("user_id_raw", " a "),
        ("subscription_tier", "PRO_PLUS"),
        ("subscription_tier_raw", " Pro-Plus "),
        ("user_email", "x@y.z"),
        ("profile_id", "arn"),
    ] {
        assert_eq!(field(row, column), Some(expected));
    }
}

#[test]
fn blank_cells_are_null_and_the_client_may_stand_in_the_file_name() {
    let csv = "Date,UserId,Client_Type,Total_Messages,New_User,Credits_Used,User_Email,Subscription_Tier,x,m_messages\n2026-09-09,a, ,\"\", ,,,  , ,\n";
    let decoded = clean(csv, &["a@0"], &[]);
    assert_eq!(
        decoded.rows("user_activity")[0],
        "event_date=2026-09-09 | user_id=a | user_id_raw=a | client_type=KIRO_IDE | report_ts=1788912000000 \
         | account_id=111122223333 | region=us-east-1 | source=kiro | source_object=AWSLogs/111122223333/KiroLogs/user_report/us-east-1/2026/09/09/00/KIRO_IDE_111122223333_user_report_202609090000.csv \
         | record_index=0 | variant=0"
    );
    assert!(decoded.rows("model_usage").is_empty());
}

#[test]
fn numbers_keep_their_value() {
    assert_eq!(
        value(
            "Date,UserId,Total_Messages\n2026-09-09,a,12.0\n",
            "total_messages"
        )
        .as_deref(),
        Some("12")
    );
    assert_eq!(
        value(
            "Date,UserId,Credits_Used\n2026-09-09,a,12.345678901234567\n",
            "credits_used"
        )
        .as_deref(),
        Some("12.345678901234567")
    );
    assert_eq!(
        value("Date,UserId,New_User\n2026-09-09,a,TRUE\n", "new_user").as_deref(),
        Some("true")
    );
}

#[test]
fn repeated_headers_agree_or_reject_the_row() {
    let head = "Date,UserId,Total_Messages,total_messages,X,x,Date,m_messages,M_Messages\n";
    for (row, expected) in [
        (
            "2026-09-09,a,3,3.0,1,1.0,09/09/2026,4,4.0",
            Ok(("3", r#"{"X":"1"}"#, "4")),
        ),
        ("2026-09-09,a,,3, ,b,,,4", Ok(("3", r#"{"X":"b"}"#, "4"))),
        (",a,3,,b,,2026-09-09,4", Ok(("3", r#"{"X":"b"}"#, "4"))),
        ("2026-09-09,a,3,4,,,,,", Err(())),
        ("2026-09-09,a,3,3,b,B,,,", Err(())),
        ("2026-09-09,a,3,3,,,2026-09-10,,", Err(())),
        ("2026-09-09,a,3,3,,,,4,5", Err(())),
        ("2026-09-09,a,3,x,,,,,", Err(())),
    ] {
        let csv = format!("{head}{row}\n");
        let Ok((total, extra, messages)) = expected else {
            clean(&csv, &[], &["repeated_column@0"]);
            continue;
        };
        let decoded = clean(&csv, &["a@0"], &[]);
        let activity = &decoded.rows("user_activity")[0];
        assert_eq!(field(activity, "total_messages"), Some(total));
        assert_eq!(
            field(activity, "extra_json"),
            Some(extra.escape_debug().to_string().as_str())
        );
        let usage = &decoded.rows("model_usage")[0];
        assert_eq!(
            (field(usage, "model_raw"), field(usage, "messages")),
            (Some("m"), Some(messages))
        );
    }
}

#[test]
fn models_are_melted_and_spellings_of_one_are_added() {
    let csv = "Date,UserId,b-1_messages,Total_Messages,auto_Messages,B_1_MESSAGES,_messages\n\
               2026-09-09,a,1,7,0,2.0,\n2026-09-09,b,,7,,2,\n2026-09-09,c,1,1,,,9\n\
               2026-09-09,d,9223372036854775807,1,,1,\n";
    let decoded = clean(csv, &["a@0", "b@1", "c@2"], &["bad_count@3"]);
    let usage: Vec<_> = decoded
        .rows("model_usage")
        .iter()
        .map(|row| {
            ["user_id", "model", "model_raw", "messages", "record_index"]
                .map(|c| field(row, c).unwrap())
                .join(" ")
        })
        .collect();
    assert_eq!(
        usage,
        [
            "a b_1 b-1,B_1 3 0",
            "a auto auto 0 0",
            "b b_1 B_1 2 1",
            "c b_1 b-1 1 2"
        ]
    );
    let drift: Vec<_> = decoded
        .drift
        .iter()
        .map(|(_, kind, name, seen)| (kind, name, seen.count))
        .collect();
    assert_eq!(
        drift,
        [
            (DriftKind::Column, "_messages", 1),
            (DriftKind::Model, "b_1", 1)
        ]
    );
}

#[test]
fn what_the_schema_does_not_know_is_kept_and_named() {
    let csv = "Date,UserId, New \"Col ,Client_Type,Subscription_Tier,\n2026-09-09,a,\" é\t\"\"/ \",KIRO_TV,team x,z\n";
    let decoded = clean(csv, &["a@0"], &[]);
    let row = &decoded.rows("user_activity")[0];
    assert_eq!(
        field(row, "extra_json"),
        Some(r#"{"New \"Col":" é\t\"/ ","":"z"}"#.escape_debug().to_string().as_str())
    );
    assert_eq!(field(row, "subscription_tier"), Some("TEAM X"));
    let drift: Vec<_> = decoded
        .drift
        .iter()
        .map(|(dataset, kind, name, _)| (dataset, kind, name))
        .collect();
    assert_eq!(
        drift,
        [
            ("user_report", DriftKind::Column, "New \"Col"),
            ("user_report", DriftKind::Client, "KIRO_TV"),
            ("user_report", DriftKind::Tier, "TEAM X"),
        ]
    );
}

#[test]
fn broken_bytes_keep_the_rows_before_the_break() {
    let broken = |reason| End::Broken {
        reason,
        detail: "a test".to_owned(),
    };
    let truncated = broken(Reason::GzipTruncated);
    let rows = b"Date,UserId\n2026-09-09,a\n2026-09-09,b";
    check(rows, &truncated, &["a@0"], &["gzip_truncated@1"]);
    check(
        b"Date,UserId\n2026-09-09,a\n",
        &truncated,
        &["a@0"],
        &["gzip_truncated@1"],
    );
    check(
        b"Date,UserId\n2026-09-09,a\n2026-09-09,\"b",
        &truncated,
        &["a@0"],
        &["gzip_truncated@1"],
    );
    check(b"Date,Us", &truncated, &[], &["gzip_truncated@0"]);
    check(b"", &broken(Reason::GzipCorrupt), &[], &["gzip_corrupt@0"]);
    check(rows, &broken(Reason::TooLarge), &["a@0"], &["too_large@1"]);
    // what follows the last gzip member does not touch the last row
    check(
        rows,
        &broken(Reason::TrailingBytes),
        &["a@0", "b@1"],
        &["trailing_bytes@2"],
    );
    check(b"X\n1\n", &truncated, &[], &["no_header@-"]);
}

#[test]
fn the_rest_of_an_object_is_one_reject_with_all_its_bytes() {
    let decoded = clean(
        "Date,UserId\n2026-09-09,a\n2026-09-09,\"b\n2026-09-09,c\n",
        &["a@0"],
        &["open_quote@1"],
    );
    let reject = &decoded.rows("rejects")[0];
    assert_eq!(
        field(reject, "raw"),
        Some("2026-09-09,\\\"b\\n2026-09-09,c\\n")
    );
    assert_eq!(
        (field(reject, "byte_offset"), field(reject, "line")),
        (Some("25"), Some("3"))
    );
}
