//! What the name of a file tells, wherever it lies.
//!
//! `[<CLIENT>_]<acct12>_<folder>[_part_<n>]_<YYYYMMDDHHMM>…`: the client holds `_` and the folder does too, so the account is the anchor.

use super::date::{is_twelve_digits, stamp_day, stamp_millis};
use crate::dataset::Dataset;
use crate::day::Day;

/// A file name that tells what the file holds.
pub(super) struct FileName<'a> {
    pub(super) account_id: &'a str,
    pub(super) kind: Kind<'a>,
}

/// What it holds.
pub(super) enum Kind<'a> {
    /// A known dataset; the day of its stamp.
    Known(&'static Dataset, Option<Day>),
    /// An event type that no dataset has.
    Unknown(&'a str),
}

/// Reads a file name by the folders of the datasets; `None` where it is of another form.
pub(super) fn read<'a>(file: &'a str, datasets: &[&'static Dataset]) -> Option<FileName<'a>> {
    let mut unknown = None;
    for (_, account_id, rest) in accounts(file) {
        let named = event_type(rest);
        let known = datasets.iter().copied().find(|dataset| match named {
            Some(name) => dataset.keys.folders.contains(&name),
            None => after_folder(rest, dataset.keys.folders).is_some(),
        });
        if let Some(dataset) = known {
            let day = named.and_then(|name| stamp_day(stamp(&rest[name.len()..])?));
            return dataset.keys.has_ending(file).then_some(FileName {
                account_id,
                kind: Kind::Known(dataset, day),
            });
        }
        unknown = unknown.or(named.map(|name| FileName {
            account_id,
            kind: Kind::Unknown(name),
        }));
    }
    unknown
}

/// What the file name of a report tells beside its dataset.
#[derive(Default)]
pub(super) struct Report<'a> {
    pub(super) client: Option<&'a str>,
    pub(super) report_ts: Option<i64>,
}

/// Reads the file name of a report of one of `folders`.
pub(super) fn report<'a>(file: &'a str, folders: &[&str]) -> Report<'a> {
    for (before, _, rest) in accounts(file) {
        if let Some(tail) = after_folder(rest, folders) {
            return Report {
                client: before
                    .strip_suffix('_')
                    .filter(|client| !client.trim().is_empty()),
                report_ts: stamp(tail).and_then(stamp_millis),
            };
        }
    }
    // The name is free where folders tell what the file is; a stamp after the report's name is one all the same.
    let report_ts = folders.iter().find_map(|folder| {
        let at = file.rfind(folder)?;
        stamp(&file[at + folder.len()..]).and_then(stamp_millis)
    });
    Report {
        client: None,
        report_ts,
    }
}

/// The places where `_`-separated twelve digits stand: what is before them, they, what follows their `_`.
fn accounts(file: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let mut start = 0;
    memchr::memchr_iter(b'_', file.as_bytes()).filter_map(move |end| {
        let from = std::mem::replace(&mut start, end + 1);
        let field = &file[from..end];
        is_twelve_digits(field).then(|| (&file[..from], field, &file[end + 1..]))
    })
}

/// What follows the name of one of the folders, if `rest` begins with it.
fn after_folder<'a>(rest: &'a str, folders: &[&str]) -> Option<&'a str> {
    folders.iter().find_map(|folder| {
        rest.strip_prefix(folder)
            .filter(|tail| tail.starts_with(['_', '.']))
    })
}

/// The twelve digits in `_<digits>` or `_part_<n>_<digits>` at the beginning.
fn stamp(tail: &str) -> Option<&str> {
    let tail = tail.strip_prefix('_')?;
    let tail = after_part(tail).unwrap_or(tail);
    let (digits, after) = tail.split_at_checked(12)?;
    (is_twelve_digits(digits) && !after.starts_with(|c: char| c.is_alphanumeric()))
        .then_some(digits)
}

/// What follows `part_<n>_` at the beginning.
fn after_part(text: &str) -> Option<&str> {
    let number = text.strip_prefix("part_")?;
    let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.strip_prefix('_').filter(|_| rest.len() < number.len())
}

/// The name before `_<stamp>`, if it is a word that can be an event type.
fn event_type(rest: &str) -> Option<&str> {
    let end =
        memchr::memchr_iter(b'_', rest.as_bytes()).find(|end| stamp(&rest[*end..]).is_some())?;
    let name = &rest[..end];
    (name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
    .then_some(name)
}
