//! The registry of datasets: a dataset is a value, its folder holds the rest.

use crate::input::Input;
use crate::object::Object;
use crate::output::Output;
use crate::table::Family;

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
pub static DATASETS: &[&Dataset] = &[&crate::chat::DATASET];
