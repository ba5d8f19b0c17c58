//! Rows that are too large to be held.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use proptest::prelude::*;

use super::frame::MAX_CELLS;
use super::{Kind, Known, Layout, ReportReader};
use crate::input::{End, Input, Refill};
use crate::key::{Class, KeyContext, classify};
use crate::output::{Output, Rows};
use crate::reason::Reason;

static LAYOUT: Layout = Layout {
    dataset: "user_report",
    known: &[
        Known {
            names: &["Date"],
            kind: Kind::Day,
        },
        Known {
            names: &["UserId"],
            kind: Kind::Text,
        },
    ],
    date: 0,
    user_id: 1,
    melted: None,
};

/// The same bytes in pieces of one length.
struct Pieces<'a>(std::slice::Chunks<'a, u8>, End);

impl Refill for Pieces<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        match self.0.next() {
            Some(piece) => {
                buffer.extend_from_slice(piece);
                None
            }
            None => Some(self.1.clone()),
        }
    }
}

/// The users of the rows taken, and `reason@index raw_bytes` of the rejects; the longest row that is held has 20 bytes.
fn read(bytes: &[u8], piece: Option<usize>, end: End) -> (Vec<String>, Vec<String>) {
    let Class::Object(object) = classify(&KeyContext::default(), "x.csv", 1) else {
        panic!("a CSV is looked into");
    };
    let mut input = match piece {
        Some(piece) => Input::pieces(Pieces(bytes.chunks(piece), end)),
        None => Input::whole(bytes, end),
    };
    let mut rejects = Vec::new();
    let mut sink = |rows: Rows| {
        let batch = &rows.tables[0];
        let texts = |name| batch.column_by_name(name).unwrap().as_string::<i32>();
        let numbers = |name| {
            let column = batch.column_by_name(name).unwrap();
            column.as_primitive::<Int64Type>()
        };
        for row in 0..batch.num_rows() {
            let raw_bytes = numbers("raw_bytes").value(row);
            assert_eq!(
                i64::try_from(texts("raw").value(row).len()).unwrap(),
                raw_bytes
            );
            rejects.push(format!(
                "{}@{} {raw_bytes}",
                texts("reason").value(row),
                numbers("record_index")
                    .iter()
                    .nth(row)
                    .unwrap()
                    .unwrap_or(-1),
            ));
        }
    };
    let mut output = Output::new(&mut sink);
    let mut users = Vec::new();
    ReportReader::with_max_row(&LAYOUT, 20).read(
        &object,
        &mut input,
        &mut output,
        |row, output| {
            let day = row.day(&object)?;
            users.push(row.user()?.1.user_id.to_owned());
            output.accept(day);
            Ok(())
        },
    );
    output.flush_rejects();
    let outcome = output.take_outcome();
    assert_eq!(outcome.records, outcome.accepted + outcome.rejected);
    drop(output);
    (users, rejects)
}

fn check(csv: &str, end: &End, users: &[&str], rejects: &[&str]) {
    for piece in [None, Some(1), Some(5), Some(1000)] {
        let (found_users, found_rejects) = read(csv.as_bytes(), piece, end.clone());
        assert_eq!(
            (&found_users[..], &found_rejects[..]),
            (
                &users.iter().map(ToString::to_string).collect::<Vec<_>>()[..],
                &rejects.iter().map(ToString::to_string).collect::<Vec<_>>()[..]
            ),
            "{piece:?} {csv}"
        );
    }
}

#[test]
fn a_row_that_cannot_be_held_is_rejected_alone() {
    let long = "x".repeat(30);
    let truncated = End::Broken {
        reason: Reason::GzipTruncated,
        detail: String::new(),
    };
    let clean = &End::Clean;
    check(
        &format!("Date,UserId\n2026-09-09,{long}\n2026-09-09,b\n"),
        clean,
        &["b"],
        &["record_too_large@0 42"],
    );
    check(
        &format!("Date,UserId\n2026-09-09,a\n2026-09-09,\"\n{long}\"\n2026-09-09,b\n"),
        clean,
        &["a", "b"],
        &["record_too_large@1 45"],
    );
    check(
        &format!("Date,UserId\n2026-09-09,{long}"),
        clean,
        &[],
        &["record_too_large@0 41"],
    );
    check(
        &format!("Date,UserId\n2026-09-09,\"{long}\n2026-09-09,b\n"),
        clean,
        &[],
        &["open_quote@0 56"],
    );
    check(
        &format!("Date,UserId\n2026-09-09,{long}"),
        &truncated,
        &[],
        &["gzip_truncated@0 41"],
    );
    check(
        &format!("Date,UserId,{long}\n2026-09-09,a\n"),
        clean,
        &[],
        &["no_header@-1 56"],
    );
    check(
        &format!("Date,UserId,\"{long}\n"),
        clean,
        &[],
        &["open_quote@-1 44"],
    );
    check(
        &format!("Date,UserId,{long}"),
        &truncated,
        &[],
        &["gzip_truncated@0 42"],
    );
    // 20 bytes and a line end are held
    check(
        "Date,UserId\n2026-09-09,aaaaaaaaa\n2026-09-09,aaaaaaaaaa\n",
        clean,
        &["aaaaaaaaa"],
        &["record_too_large@1 22"],
    );
}

#[test]
fn cells_beyond_count_are_not_held_either() {
    let Class::Object(object) = classify(&KeyContext::default(), "x.csv", 1) else {
        panic!("a CSV is looked into");
    };
    for (over, reason) in [(0, None), (1, Some("record_too_large"))] {
        let commas = ",".repeat(MAX_CELLS - 1 + over);
        let row = format!("Date,UserId\n2026-09-09,a\n{commas}");
        let cases = [
            (1 << 20, "\n2026-09-09,b\n", 2),
            (4096, "\n2026-09-09,b\n", 2),
            (1001, "\n2026-09-09,b\n", 2),
            (1 << 20, "", 1),
            (1001, "", 1),
            (1 << 20, ",,,", 1),
        ];
        for (piece, rest, taken) in cases {
            let csv = format!("{row}{rest}");
            let reason = reason.or(rest.starts_with(',').then_some("record_too_large"));
            let mut reasons = Vec::new();
            let mut sink = |rows: Rows| {
                let column = rows.tables[0].column_by_name("reason").unwrap();
                reasons.push(column.as_string::<i32>().value(0).to_owned());
            };
            let mut output = Output::new(&mut sink);
            let mut users = 0;
            let mut input = Input::pieces(Pieces(csv.as_bytes().chunks(piece), End::Clean));
            ReportReader::new(&LAYOUT).read(&object, &mut input, &mut output, |row, output| {
                output.accept(row.day(&object)?);
                users += 1;
                Ok(())
            });
            output.flush_rejects();
            drop(output);
            assert_eq!(
                (users, &reasons[..]),
                (taken, &[reason.unwrap_or("no_date").to_owned()][..])
            );
        }
    }
}

proptest! {
    #[test]
    fn what_is_too_large_does_not_depend_on_the_pieces(
        rows in prop::collection::vec("(2026-09-09,)?[a\",\n]{0,30}\n?", 0..8), piece in 1_usize..30,
    ) {
        let csv = format!("Date,UserId\n{}", rows.concat());
        prop_assert_eq!(read(csv.as_bytes(), Some(piece), End::Clean), read(csv.as_bytes(), None, End::Clean));
    }
}
