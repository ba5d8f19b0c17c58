//! The grammar of object keys: from a key to an [`Object`].
//!
//! What folders and file names a dataset has stands in its own [`Keys`](crate::dataset::Keys); this module knows only
//! how they are put together, so a new dataset changes nothing here. Keys are opaque: any text is taken.
//!
//! ```text
//! …/AWSLogs/<acct12>/<product>/<folder>/<region>/<YYYY>/<MM>/<DD>[/<HH>][/<zip>.gz]/<file>
//! …/[<CLIENT>_]<acct12>_<folder>_<YYYYMMDDHHMM>…                       a file that was taken out of that tree
//! ```

mod date;
mod file_name;
mod lex;
mod place;
mod source_object;
mod stray;
#[cfg(test)]
mod tests;

use crate::dataset::{DATASETS, Dataset};
use crate::day::Day;
use crate::object::Object;

/// What the options of a source say of all its objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyContext {
    /// The source's name.
    pub name: String,
    /// Path of the source's URI (bucket prefix, or absolute directory), which a key continues; may hold the last `AWSLogs`.
    /// One `/` at its end means nothing.
    pub root: String,
    /// `kind=lex`
    pub lex: bool,
    /// `account=`: fills what the key does not say.
    pub account_id: Option<String>,
    /// `region=`, lower case.
    pub region: Option<String>,
}

/// What a listed key is.
#[derive(Clone, Debug)]
pub enum Class {
    /// An object to read, if its dataset is known or its content tells.
    Object(Box<Object>),
    /// A known stray, skipped and counted.
    Stray,
    /// Nothing that is known: counted and named.
    Unrecognised {
        /// An event type or folder that is new, for drift.
        event_type: Option<String>,
    },
}

/// Tells what a listed object is by its key and size alone.
pub fn classify(context: &KeyContext, key: &str, size: u64) -> Class {
    classify_by(DATASETS, context, key, size)
}

fn classify_by(datasets: &[&'static Dataset], context: &KeyContext, key: &str, size: u64) -> Class {
    if stray::is_stray(key, size) {
        return Class::Stray;
    }
    let source_object = source_object::of(context, key);
    let place = match place::find(&source_object, context.lex, datasets) {
        Ok(place) => place,
        Err(place::Unknown { event_type }) => {
            return Class::Unrecognised {
                event_type: event_type.map(str::to_owned),
            };
        }
    };
    let told = place
        .dataset
        .filter(|dataset| dataset.keys.report)
        .map(|dataset| file_name::report(place.file, dataset.keys.folders))
        .unwrap_or_default();
    let object = Object {
        dataset: place.dataset,
        size,
        day: place.day.unwrap_or(Day::UNDATED),
        dated: place.day.is_some(),
        account_id: place
            .account_id
            .map(str::to_owned)
            .or_else(|| context.account_id.clone()),
        region: place
            .region
            .map(str::to_ascii_lowercase)
            .or_else(|| context.region.clone()),
        product: place.product,
        client: told.client.map(str::to_owned),
        report_ts: told.report_ts,
        source_object: String::new(),
    };
    Class::Object(Box::new(Object {
        source_object,
        ..object
    }))
}

/// The source day that a `source_object` names and whether it names one; [`Day::UNDATED`] where it does not.
/// What [`classify`] says of every object whose `source_object` this is; `lex` is [`KeyContext::lex`].
pub fn source_day(source_object: &str, lex: bool) -> (Day, bool) {
    source_day_by(DATASETS, source_object, lex)
}

fn source_day_by(datasets: &[&'static Dataset], source_object: &str, lex: bool) -> (Day, bool) {
    match place::find(source_object, lex, datasets) {
        Ok(place::Place { day: Some(day), .. }) => (day, true),
        _ => (Day::UNDATED, false),
    }
}
