//! Reports that are not as they should be.

use super::Case;

const HEAD: &str = "Date,UserId,Total_Messages,auto_messages\n";

/// A report of three rows, the second of which has `total` messages.
fn counting(total: &str) -> String {
    format!("{HEAD}2026-01-09,a,1,1\n2026-01-09,b,{total},\n2026-01-09,c,3,3\n")
}

/// A report with a column of numbers.
fn crediting(credits: &str) -> String {
    format!("Date,UserId,Credits_Used\n2026-01-09,a,1.5\n2026-01-09,b,{credits}\n")
}

pub(super) fn cases() -> Vec<Case> {
    [columns(), cells()].into_iter().flatten().collect()
}

/// Lines and columns.
fn columns() -> Vec<Case> {
    let rows = "2026-01-09,a,1,1\n2026-01-09,b,2,2\n";
    let mut bad_header = b"Date,UserId,\xff\n".to_vec();
    bad_header.extend(b"2026-01-09,a,1\n");
    vec![
        Case::report("a report of a header alone", HEAD, &[]),
        Case::report(
            "a byte order mark, CR LF",
            format!("\u{feff}{HEAD}{rows}").replace('\n', "\r\n"),
            &["a", "b"],
        ),
        Case::report(
            "blank lines",
            format!("\n{HEAD}\n2026-01-09,a,1,1\n   \n2026-01-09,b,2,2\n\n"),
            &["a", "b"],
        ),
        Case::report(
            "columns in another order, other case, spaces",
            "auto_MESSAGES, userid ,DATE\n5,a,2026-01-09\n",
            &["a"],
        ),
        Case::report(
            "columns that are missing",
            "Date,UserId\n2026-01-09,a\n",
            &["NULL"],
        )
        .column("total_messages"),
        Case::report(
            "neither Date nor UserId in the header",
            "Total_Messages,auto_messages\n1,1\n",
            &[],
        )
        .rejects(&["no_header NULL"]),
        Case::report("a header that is not UTF-8", bad_header, &[]).rejects(&["no_header NULL"]),
        Case::report(
            "a column that stands twice with equal values",
            "Date,UserId,Total_Messages,total_messages\n2026-01-09,a,3,3.0\n2026-01-09,b,,4\n",
            &["3", "4"],
        )
        .column("total_messages"),
        Case::report(
            "a column that stands twice with different values",
            "Date,UserId,Total_Messages,Total_Messages\n2026-01-09,a,3,4\n2026-01-09,b,4,4\n",
            &["b"],
        )
        .rejects(&["repeated_column 0"]),
        Case::report(
            "an unknown column",
            "Date,UserId,New_Thing\n2026-01-09,a, 1\n2026-01-09,b,\n",
            &[r#"{"New_Thing":" 1"}"#, "NULL"],
        )
        .column("extra_json"),
        Case::report(
            "a row that is short",
            format!("{HEAD}2026-01-09,a\n2026-01-09,b,2,2\n"),
            &["a", "b"],
        ),
        Case::report(
            "a row that is long by blank cells",
            format!("{HEAD}2026-01-09,a,1,1,, \n"),
            &["a"],
        ),
        Case::report(
            "a row that is long",
            format!("{HEAD}2026-01-09,a,1,1,9\n2026-01-09,b,2,2\n"),
            &["b"],
        )
        .rejects(&["long_row 0"]),
        Case::report(
            "a quote that is never closed",
            format!("{HEAD}2026-01-09,a,1,1\n2026-01-09,\"b,2,2\n2026-01-09,c,3,3\n"),
            &["a"],
        )
        .rejects(&["open_quote 1"]),
    ]
}

/// Cells.
fn cells() -> Vec<Case> {
    let mut not_utf8 = counting("2").into_bytes();
    let b = not_utf8.iter().position(|&byte| byte == b'b').unwrap();
    not_utf8[b] = 0xff;
    vec![
        Case::report("bytes that are not UTF-8 in a row", not_utf8, &["a", "c"])
            .rejects(&["not_utf8 1"]),
        Case::report("`-1` as a count", counting("-1"), &["a", "c"]).rejects(&["bad_count 1"]),
        Case::report("`inf` as a count", counting("inf"), &["a", "c"]).rejects(&["bad_count 1"]),
        Case::report("`12.0` as a count", counting("12.0"), &["1", "12", "3"])
            .column("total_messages"),
        Case::report("`inf` as a number", crediting("inf"), &["a"]).rejects(&["bad_number 1"]),
        Case::report("`1e400` as a number", crediting("1e400"), &["a"]).rejects(&["bad_number 1"]),
        Case::report("blank cells", counting(" "), &["1", "NULL", "3"]).column("total_messages"),
        Case::report(
            "neither true nor false",
            "Date,UserId,New_User\n2026-01-09,a,TRUE\n2026-01-09,b,yes\n",
            &["true"],
        )
        .column("new_user")
        .rejects(&["bad_flag 1"]),
        Case::report(
            "`13-45-2026` as a date",
            format!("{HEAD}13-45-2026,a,1,1\n01-09-2026,b,2,2\n"),
            &["b"],
        )
        .rejects(&["bad_time 0"]),
        Case::report(
            "a date far from the folder's",
            format!("{HEAD}2026-01-12,a,1,1\n2018-12-31,b,1,1\n2026-01-11,c,2,2\n"),
            &["c"],
        )
        .rejects(&["time_out_of_range 0", "time_out_of_range 1"]),
        Case::report(
            "a row without date or user",
            format!("{HEAD},a,1,1\n2026-01-09, ,1,1\n2026-01-09,c,2,2\n"),
            &["c"],
        )
        .rejects(&["no_date 0", "no_user 1"]),
    ]
}
