//! The registry of datasets: a dataset is a value, its folder holds the rest.

use crate::input::Input;
use crate::object::Object;
use crate::output::Output;
use crate::table::Family;
use crate::{by_user_analytic, chat, dev_task, inline_completion, lex, lex_audio, user_report};

/// A kind of object, and how its records become rows.
#[derive(Debug)]
pub struct Dataset {
    /// Its name in the ledger, in `rejects.dataset` and in reports.
    pub name: &'static str,
    /// The tables that it fills.
    pub family: &'static Family,
    /// Raised by every fix of its decoder: objects with rejects are then read again.
    pub decoder_version: u32,
    /// Makes a decoder, empty.
    pub decoder: fn() -> Box<dyn Decoder>,
    /// How its objects are named.
    pub keys: Keys,
    /// How its content is told where the key tells nothing.
    pub content: Content,
}

/// What the key grammar needs to know of a dataset.
#[derive(Debug)]
pub struct Keys {
    /// The folders below the product's (`GenerateAssistantResponse`, `user_report`) that hold its objects; they stand in
    /// the file names too. Empty: no object of it is told by folders.
    pub folders: &'static [&'static str],
    /// How its file names may end; lower case, with the dot.
    pub endings: &'static [&'static str],
    /// Whether its file names tell a client and when the report was written.
    pub report: bool,
}

impl Keys {
    /// Whether a file name ends as those of the dataset do.
    pub fn has_ending(&self, file: &str) -> bool {
        self.endings.iter().any(|ending| file.ends_with(ending))
    }
}

/// What the content of a dataset's objects has and that of no other.
#[derive(Debug)]
pub enum Content {
    /// JSON records in which one of these fields stands: the halves of a record.
    Json(&'static [&'static str]),
    /// A CSV whose header has `Date`, `UserId` and one of these columns, compared without case.
    Csv(&'static [&'static str]),
    /// A log that may hold anything: taken for this dataset where the source says so, see [`sniff::of_log`](crate::sniff::of_log).
    Log,
    /// Nothing that is read: a row is made of what the listing tells.
    Unread,
}

impl Dataset {
    /// Whether its decoder looks at the content. If not, objects need not be fetched: it is given an input without bytes.
    pub fn reads_content(&self) -> bool {
        !matches!(self.content, Content::Unread)
    }
}

impl PartialEq for Dataset {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Dataset {}

/// Turns the bytes of objects into rows of a family's tables, object after object.
///
/// Rows of one object leave in the order of their records, those of several in the order in which they were given;
/// a record's rows in all tables of the family leave in one batch. How batches are cut carries no meaning.
pub trait Decoder: Send {
    /// Reads an object to its end. A record that cannot be read becomes a reject in `output`, and the rest goes on;
    /// nothing in `input` can make it fail or panic.
    fn decode(&mut self, object: &Object, input: &mut Input<'_>, output: &mut Output<'_>);

    /// Hands over the rows that are still held.
    fn finish(&mut self, output: &mut Output<'_>);
}

/// Every dataset, in the order of their names.
pub static DATASETS: &[&Dataset] = &[
    &by_user_analytic::DATASET,
    &chat::DATASET,
    &dev_task::DATASET,
    &inline_completion::DATASET,
    &lex::DATASET,
    &lex_audio::DATASET,
    &user_report::DATASET,
];

/// The dataset of a name.
pub fn by_name(name: &str) -> Option<&'static Dataset> {
    DATASETS
        .iter()
        .copied()
        .find(|dataset| dataset.name == name)
}
