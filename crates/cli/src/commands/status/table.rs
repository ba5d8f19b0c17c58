//! The status as a person reads it: those that have stopped first.

use std::cmp::Reverse;

use promptlake_ingest::status::{DayLine, State, Status, StreamLine};

use crate::escape;

/// So many days at most are shown as marks beside a stream.
const MARKS: usize = 31;

/// What stands for a day's state in a stream's line.
fn mark(state: &str) -> char {
    match State::ALL.into_iter().find(|s| s.as_str() == state) {
        Some(State::Complete) => '+',
        Some(State::Partial) => '~',
        Some(State::Late) => '!',
        Some(State::Stale) => 'x',
        Some(State::NoData) | None => '.',
    }
}

/// Streams as they need somebody's eye: late, stale, no data, the others; of those that have stopped the last ones first.
pub(super) fn by_urgency(status: &Status) -> Vec<&StreamLine> {
    let urgency = |state: &str| {
        [State::Late, State::Stale, State::NoData]
            .iter()
            .position(|urgent| urgent.as_str() == state)
            .unwrap_or(usize::MAX)
    };
    let mut streams: Vec<&StreamLine> = status.streams.iter().collect();
    streams.sort_by_key(|stream| (urgency(stream.state), Reverse(stream.since.clone())));
    streams
}

/// A stream's name in a sentence.
pub(super) fn name(stream: &StreamLine) -> String {
    let parts = [
        Some(stream.dataset.clone()),
        stream.client.clone(),
        stream
            .account
            .as_ref()
            .map(|account| format!("of {account}")),
        stream.region.as_ref().map(|region| format!("in {region}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    escape::one_line(&parts.join(" "))
}

/// A line a stream: its state, since when, its last day and event, numbers, and a mark for each of the last days.
pub(in crate::commands) fn summary(status: &Status) -> String {
    let mut rows = vec![
        [
            "STATE",
            "SINCE",
            "DATASET",
            "CLIENT",
            "ACCOUNT",
            "REGION",
            "LAST DAY",
            "LAST EVENT",
            "OBJECTS",
            "ROWS",
            "REJECTS",
            "DAYS",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for stream in by_urgency(status) {
        let marks = &stream.days[stream.days.len().saturating_sub(MARKS)..];
        rows.push(vec![
            stream.state.to_owned(),
            or_dash(stream.since.as_ref()),
            stream.dataset.clone(),
            or_dash(stream.client.as_ref()),
            or_dash(stream.account.as_ref()),
            or_dash(stream.region.as_ref()),
            or_dash(stream.last_day.as_ref()),
            or_dash(stream.last_event.as_ref()),
            stream.objects.to_string(),
            stream.rows.to_string(),
            stream.rejects.to_string(),
            marks.iter().map(|day| mark(day.state)).collect(),
        ]);
    }
    let table = columns(&rows, &[8, 9, 10]);
    let shown = status.streams.first().map_or(0, |stream| stream.days.len());
    let note = if shown > MARKS {
        format!("the last {MARKS} days")
    } else {
        "the days".to_owned()
    };
    format!(
        "{table}DAYS: {note} to {}: + complete, ~ partial, . no_data, ! late, x stale\n",
        status.to
    )
}

/// A line a day of each stream, the last day first.
pub(super) fn days(status: &Status) -> String {
    let mut rows = vec![
        [
            "DAY",
            "STATE",
            "OBJECTS",
            "ROWS",
            "REJECTS",
            "LAST EVENT",
            "LAST OBJECT",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let row = |day: &DayLine| {
        vec![
            day.day.clone(),
            day.state.to_owned(),
            day.objects.to_string(),
            day.rows.to_string(),
            day.rejects.to_string(),
            or_dash(day.last_event.as_ref()),
            or_dash(day.last_object.as_ref()),
        ]
    };
    let streams = by_urgency(status);
    for stream in &streams {
        rows.extend(stream.days.iter().rev().map(row));
    }
    // All streams have the same widths, so that one table is made and cut.
    let table = columns(&rows, &[2, 3, 4]);
    let mut lines = table.lines();
    let header = lines.next().unwrap_or_default();
    let mut text = String::new();
    for stream in streams {
        text.push_str(&format!("{}\n{header}\n", name(stream)));
        for line in lines.by_ref().take(stream.days.len()) {
            text.push_str(line);
            text.push('\n');
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn or_dash(text: Option<&String>) -> String {
    text.map_or_else(|| "-".to_owned(), |text| escape::one_line(text))
}

/// Rows as lines, in columns as wide as they need, two spaces apart; numbers (`right`) end in line.
pub(super) fn columns(rows: &[Vec<String>], right: &[usize]) -> String {
    let width = |column: usize| {
        let widths = rows.iter().filter_map(|row| row.get(column));
        widths.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width - cell.chars().count());
            if right.contains(&column) {
                line.push_str(&space);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&space);
            }
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_need() {
        let rows = [["A", "N", "B"], ["äöü", "1", "x"], ["-", "12", ""]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(columns(&rows, &[1]), "A     N  B\näöü   1  x\n-    12\n");
    }
}
