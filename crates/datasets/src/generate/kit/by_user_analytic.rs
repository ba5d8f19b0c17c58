//! Objects of `by_user_analytic`.

use super::{Flaw, Kit, Record, Spot, csv_line, report_key, text};

pub(super) const KIT: Kit = Kit {
    dataset: "by_user_analytic",
    key: |spot| report_key("by_user_analytic", "", "_report", spot),
    body,
    gzip: false,
    lex: false,
};

fn body(spot: &Spot, records: &[Record]) -> Vec<u8> {
    let rotated = usize::from(spot.number) * 2;
    let mut csv = csv_line(&COLUMNS.map(str::to_owned), rotated);
    for record in records {
        csv.push_str(&csv_line(&cells(spot, record), rotated));
    }
    csv.into_bytes()
}

fn cells(spot: &Spot, record: &Record) -> [String; COLUMNS.len()] {
    let (y, m, d) = record.day.unwrap_or(spot.day).ymd();
    let user = match record.flaw {
        Flaw::Keyless => String::new(),
        _ => format!("user{}{}", record.identity, record.mark),
    };
    let lines = match record.flaw {
        Flaw::Value => text("many", record),
        _ => record.content.to_string(),
    };
    let unknown = match record.content % 2 {
        0 => String::new(),
        _ => text("unknown", record),
    };
    let date = format!("{m:02}-{d:02}-{y:04}");
    [user, date, lines, "7".to_owned(), unknown]
}

const COLUMNS: [&str; 5] = [
    "UserId",
    "Date",
    "Chat_AICodeLines",
    "Inline_SuggestionsCount",
    "Pair_Sessions",
];
