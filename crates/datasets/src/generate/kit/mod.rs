//! What tests build objects of every dataset from, small and on purpose: few records with few keys and few contents, so
//! that twins, variants, stragglers and rejects meet. One file per dataset; a test takes them from [`KITS`] and knows no
//! dataset by name.
//!
//! [`super::organisation`] is for what should look real; this is for what should be hard.

mod by_user_analytic;
mod chat;
mod dev_task;
mod inline_completion;
mod lex;
mod lex_audio;
mod user_report;

use crate::dataset::{DATASETS, Dataset};
use crate::day::Day;

use super::object::{self, GeneratedObject, digits, iso};
use super::people::ACCOUNTS;

/// Makes keys and bodies of a dataset.
#[derive(Debug)]
pub struct Kit {
    /// The dataset's name.
    pub dataset: &'static str,
    /// The key of an object. Different spots have different keys; keys of dated places name the spot's day.
    pub key: fn(&Spot) -> String,
    /// The content of an object: a function of its records, and of the spot where a record has to agree with its key.
    pub body: fn(&Spot, &[Record]) -> Vec<u8>,
    /// Whether its objects are stored compressed.
    pub gzip: bool,
    /// Whether its source has to say that it holds logs of Lex (`kind=lex`).
    pub lex: bool,
}

/// The kit of every dataset.
pub static KITS: &[Kit] = &[
    chat::KIT,
    user_report::KIT,
    lex::KIT,
    inline_completion::KIT,
    dev_task::KIT,
    by_user_analytic::KIT,
    lex_audio::KIT,
];

/// Where an object lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Which of the accounts, from 0.
    pub account: u8,
    /// The source day.
    pub day: Day,
    /// What of it the key tells.
    pub place: Place,
    /// Tells objects of one folder apart, 0 to 9. For reports: a later export.
    pub number: u8,
}

/// What a key tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// All: it lies in the tree `KiroLogs`.
    Kiro,
    /// All: it lies in the tree `QDeveloperLogs`.
    QDeveloper,
    /// Account and day, by its file name.
    Flat,
    /// Nothing: only the content tells the dataset.
    Loose,
}

/// A record of a kit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// Equal identities have equal keys, within an account where the key has one.
    pub identity: u8,
    /// Records of equal identity, day and content are equal in all that is content, children included.
    pub content: u8,
    /// The day of the event; `None`: the record does not say, and comes to lie on the source day, or is refused.
    pub day: Option<Day>,
    /// What is wrong with it.
    pub flaw: Flaw,
    /// Stands in every text of the record, and in names of fields below the first unknown level.
    pub mark: String,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// Nothing.
    #[default]
    None,
    /// It has no key: no two of them are twins. Where the dataset cannot do without a key, as `Value`.
    Keyless,
    /// A value is not what its field holds: the record alone is refused.
    Value,
}

impl Kit {
    /// The object of these records.
    pub fn object(&self, spot: &Spot, records: &[Record]) -> GeneratedObject {
        GeneratedObject {
            key: (self.key)(spot),
            body: (self.body)(spot, records),
            gzip: self.gzip,
        }
    }

    /// Its dataset.
    pub fn dataset(&self) -> Option<&'static Dataset> {
        DATASETS
            .iter()
            .copied()
            .find(|dataset| dataset.name == self.dataset)
    }
}

/// The key of a prompt log of an event type.
fn log_key(kind: &str, spot: &Spot) -> String {
    let at = i64::from(spot.day.0) * Day::NANOS + i64::from(spot.number % 3) * 3_600_000_000_000;
    let tail = format!("Number{:010}", spot.number);
    let key = |tree| folder("logs", tree, kind, spot).log_key(at, &tail);
    match spot.place {
        Place::Kiro => key("KiroLogs"),
        Place::QDeveloper => key("QDeveloperLogs"),
        Place::Flat => {
            let whole = key("KiroLogs");
            format!("flat/{}", whole.rsplit('/').next().unwrap_or_default())
        }
        Place::Loose => loose_key(kind, spot, "gz"),
    }
}

/// The key of a report: two exports, each in parts. `before` and `after` stand round what all file names have.
fn report_key(kind: &str, before: &str, after: &str, spot: &Spot) -> String {
    let part = match spot.number / 2 {
        0 => String::new(),
        part => format!("_part_{part}"),
    };
    let file = format!(
        "{before}{}_{kind}_{}0{}00{after}{part}.csv",
        account(spot).id,
        digits(spot.day),
        spot.number % 2 * 4
    );
    let key = |tree| {
        let folder = folder("reports", tree, kind, spot).folder(spot.day);
        format!("{folder}/00/{file}")
    };
    match spot.place {
        Place::Kiro => key("KiroLogs"),
        Place::QDeveloper => key("QDeveloperLogs"),
        Place::Flat => format!("flat/{file}"),
        Place::Loose => loose_key(kind, spot, "csv"),
    }
}

/// A key in a source of Lex; the day is written in three ways.
fn lex_key(kind: &str, spot: &Spot, ending: &str) -> String {
    let (y, m, d) = spot.day.ymd();
    let file = format!("{kind}/{}/file-{}{ending}", spot.account, spot.number);
    match spot.place {
        Place::Kiro => format!("aws/lex/BOT/ALIAS/1/{y:04}/{m:02}/{d:02}/{file}"),
        Place::QDeveloper => format!("exports/dt={}/{file}", spot.day),
        Place::Flat => format!("year={y:04}/month={m:02}/day={d:02}/{file}"),
        Place::Loose => format!("loose/{file}-{}{ending}", spot.day.0),
    }
}

fn loose_key(kind: &str, spot: &Spot, ending: &str) -> String {
    let Spot {
        account,
        day,
        number,
        ..
    } = spot;
    format!("loose/{account}/{kind}-{day}-{number}.{ending}")
}

fn folder<'a>(prefix: &'a str, tree: &'a str, kind: &'a str, spot: &Spot) -> object::Place<'a> {
    let account = account(spot);
    object::Place {
        prefix,
        account: account.id,
        tree,
        kind,
        region: account.region,
    }
}

fn account(spot: &Spot) -> &'static super::people::Account {
    &ACCOUNTS[usize::from(spot.account) % ACCOUNTS.len()]
}

/// The time of a record, with nine digits: a function of day and identity, since some keys have it.
fn time(record: &Record) -> Option<String> {
    let seconds = i64::from(record.identity) * 97 + 11;
    record
        .day
        .map(|day| iso(i64::from(day.0) * Day::NANOS + seconds * 1_000_000_007, 9))
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A line of a CSV, every cell in quotes, the columns rotated.
fn csv_line(cells: &[String], rotated: usize) -> String {
    let mut cells: Vec<String> = cells
        .iter()
        .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
        .collect();
    let by = rotated % cells.len().max(1);
    cells.rotate_left(by);
    cells.join(",") + "\n"
}

/// What stands in a text: the same for the same content and mark, of a length that depends on the content.
fn text(what: &str, record: &Record) -> String {
    let more = "and so on, ".repeat(usize::from(record.content) * 7 % 20);
    format!("{what} {} {more}{}", record.content, record.mark)
}

#[cfg(test)]
mod tests;
