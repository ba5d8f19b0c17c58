//! What tests build objects of every dataset from, small and on purpose: few records with few keys and few contents, so
//! that twins, variants, stragglers and rejects meet. One file per dataset; a test takes them from [`KITS`] and knows no
//! dataset by name.
//!
//! [`super::organisation`] is for what should look real; this is for what should be hard.

mod chat;
mod user_report;

use crate::dataset::{DATASETS, Dataset};
use crate::day::Day;

use super::object::GeneratedObject;

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
}

/// The kit of every dataset.
pub static KITS: &[Kit] = &[chat::KIT, user_report::KIT];

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

/// What stands in a text: the same for the same content and mark, of a length that depends on the content.
fn text(what: &str, record: &Record) -> String {
    let more = "and so on, ".repeat(usize::from(record.content) * 7 % 20);
    format!("{what} {} {more}{}", record.content, record.mark)
}

#[cfg(test)]
mod tests;
